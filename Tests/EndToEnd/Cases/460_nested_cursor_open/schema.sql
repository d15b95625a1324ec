create schema src;
create schema dw;
create schema etl;

create table src.customer (id int primary key, name text);
insert into src.customer values (1, 'Ann'), (2, null), (3, 'Cy');
create table src.invoice (no text, customer_id int, day date, amount numeric(10,2));
insert into src.invoice values
    ('A1', 1, '2024-03-05', 10), ('A2', 1, '2024-03-01', null), ('A3', 1, '2024-04-01', 7), ('B1', 2, '2024-03-31', 3.5), ('B2', 2, '2024-03-31', 1), (null, 2, '2024-03-02', 9), ('X', null, '2024-03-02', 9);
create table dw.statement (month date, customer_id int, name text, invoices text, total numeric(12,2), nos text[]);
