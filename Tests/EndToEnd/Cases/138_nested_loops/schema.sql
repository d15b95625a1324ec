create schema src;
create schema dw;
create schema etl;

create table src.pay (id int primary key, cust int, amount numeric(8,2));
insert into src.pay values (1, 1, 25), (2, 2, 5), (3, 1, 10), (4, 3, 1);
create table dw.inv (id int primary key, cust int, open_amt numeric(8,2));
insert into dw.inv values (10, 1, 10), (11, 1, 20), (12, 2, 7.5), (13, 1, 3);
create table dw.alloc (pay int, inv int, amt numeric(8,2));
