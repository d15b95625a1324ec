create schema src;
create schema dw;
create schema etl;

create table src.b (lo int, hi int);
insert into src.b values (2, 9);
create table dw.grid (x int, y int, v int);
