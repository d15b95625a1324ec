create schema src;
create schema dw;
create schema etl;

create table src.seed (v int);
insert into src.seed values (1), (2), (null);
create table dw.acc (v int, gen int);
