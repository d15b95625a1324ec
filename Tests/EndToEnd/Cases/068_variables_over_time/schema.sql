create schema src;
create schema dw;
create schema etl;

create table src.t (v int);
insert into src.t values (1), (2), (3), (null);
create table dw.t (step int, v numeric);
