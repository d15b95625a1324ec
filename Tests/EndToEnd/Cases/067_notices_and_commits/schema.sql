create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v int);
insert into src.s values (1, 2), (2, null);
create table dw.s (id int, v int);
