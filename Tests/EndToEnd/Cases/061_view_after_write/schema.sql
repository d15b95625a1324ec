create schema src;
create schema dw;
create schema etl;

create table src.o (id int, c int, amount numeric);
insert into src.o values (1, 1, 10), (2, 1, 5), (3, 2, null), (4, 3, 2);
create table dw.o (id int, c int, amount numeric(8,2));
insert into dw.o values (99, 9, 9);
create view dw.v_sum as select c, sum(amount) as total, count(*) as n from dw.o group by c;
create view dw.v_big as select c, total from dw.v_sum where total > 5;
create table dw.res (step int, c int, total numeric, n bigint);
