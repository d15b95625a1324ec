create schema src;
create schema dw;
create schema etl;

create table src.rates (grp text primary key, f numeric);
insert into src.rates values ('a', 1.0725), ('b', 0.333333), ('c', null);
create table dw.prices (id int primary key, grp text, price numeric(10,2), units integer);
insert into dw.prices values (1, 'a', 10.01, 3), (2, 'b', 20.00, 5), (3, 'c', 7.77, 7), (4, null, 1.11, null), (5, 'a', 0.05, 1);
