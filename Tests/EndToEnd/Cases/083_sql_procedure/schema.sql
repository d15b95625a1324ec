create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v numeric);
insert into src.s values (1, 1.005), (2, null), (3, 7);
create table dw.s (id int, v numeric(8,2), tag varchar(6));
