create schema src;
create schema dw;
create schema etl;

create table src.w (id int primary key, g text, v int);
insert into src.w values (1, 'a', 5), (2, 'a', 5), (3, 'a', null), (4, 'b', 2), (5, null, 7), (6, null, 1), (7, 'b', 2);
create table dw.w (id int, run numeric, prev int, rk int, dr int, share numeric(7,4), near int, n bigint);
