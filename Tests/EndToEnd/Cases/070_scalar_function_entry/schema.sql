create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v numeric);
insert into src.s values (1, 1.25), (2, 2.5), (3, null);
create table dw.s (id int, v numeric(6,1));
