create schema src;
create schema dw;
create schema etl;

create table src.c (id int, v int);
insert into src.c values (1, 10), (2, 20), (3, null);
create table dw.c (id int, v int, t text);
