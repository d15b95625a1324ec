create schema src;
create schema dw;
create schema etl;

create table src.invoices (id int primary key, customer text, due date, amount numeric(10,2), paid numeric(10,2));
insert into src.invoices values
    (1, 'a', '2024-01-31', 100.00, 100.00), (2, 'a', '2024-02-01', 100.01, 100.00), (3, 'b', '2024-02-02', 99.99, 0),
    (4, 'b', null, 500, null), (5, null, '2024-01-01', null, 10), (6, 'c', '2024-01-02', 0, 0);
create table dw.aging (id int primary key, customer text, bucket text, open numeric(10,2), is_late boolean);
insert into dw.aging values (2, 'a', 'old', 1, false), (9, 'z', 'old', 100.00, true), (10, 'z', 'old', null, null);
create table dw.dunning (customer text, level int);
