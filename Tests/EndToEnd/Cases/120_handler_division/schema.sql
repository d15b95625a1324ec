create schema src;
create schema dw;
create schema etl;

create table src.s (id int, a int, b int);
insert into src.s values (1, 10, 2), (2, 7, null);
create table dw.s (id int, q int);
create table dw.err (what text, n bigint);
