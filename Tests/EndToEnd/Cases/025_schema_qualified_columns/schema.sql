create schema src;
create schema dw;
create schema etl;

create table src.orders (id int, amount numeric(10,2), status text);
insert into src.orders values (1, 10, 'new'), (2, 20, null), (3, null, 'new'), (4, 40, 'old');
create table dw.orders (id int, amount numeric(10,2), status text);
insert into dw.orders values (2, 1, 'x'), (9, 2, 'y');
