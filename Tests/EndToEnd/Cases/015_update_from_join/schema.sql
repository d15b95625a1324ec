create schema src;
create schema dw;
create schema etl;

create table src.orders (id int primary key, cust int, amount numeric(8,2));
insert into src.orders values (1, 1, 10), (2, 1, 20), (3, 2, null), (4, null, 5), (5, 9, 1);
create table src.cust (cust int primary key, city text);
insert into src.cust values (1, 'Bonn'), (2, null), (3, 'Köln');
create table dw.orders (id int primary key, city text default 'n/a', amount numeric(8,1), rank int);
insert into dw.orders (id) select g from generate_series(0, 5) g;
