create schema src;
create schema dw;
create schema etl;

create table src.inv (no text primary key, customer_id int not null, due date, amount numeric(10,2) not null);
insert into src.inv values ('A', 1, '2024-01-01', 10), ('B', 1, '2024-01-01', 5.5), ('C', 2, null, 7), ('D', 4, '2024-02-01', 1), ('E', 5, '2024-02-01', 0);
create table src.pay (id int primary key, customer_id int not null, day date, amount numeric(10,2));
insert into src.pay values (1, 1, '2024-01-05', 12), (2, 1, '2024-01-06', 1.25), (3, 2, '2024-01-01', 9), (4, 3, '2024-01-01', 4), (5, 5, null, 3), (6, 1, '2024-01-01', null);
create table dw.match (invoice text, payment int, amount numeric(10,2));
create table dw.rest (what text, id text, amount numeric(10,2));
