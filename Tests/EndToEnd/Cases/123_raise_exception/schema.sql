create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v int);
insert into src.s values (1, 5), (2, 6);
create table dw.s (id int, v int);
create table dw.log (msg text);
