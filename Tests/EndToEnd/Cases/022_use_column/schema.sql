create schema src;
create schema dw;
create schema etl;

create table src.q (id int, qty int, price numeric);
insert into src.q values (1, 10, 1.5), (2, null, 2.5), (3, 30, null);
create table dw.q (id int, qty int, price numeric(8,2), who text);
