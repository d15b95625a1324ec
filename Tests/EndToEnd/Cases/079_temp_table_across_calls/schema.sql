create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v int);
insert into src.s values (1, 10), (2, null), (3, 30);
create table dw.s (id int, v int, tag text);
