create schema src;
create schema dw;
create schema etl;

create table src.rules (id int, sql text);
insert into src.rules values (1, 'insert into dw.dyn select count(*) from src.s');
create table src.s (id int, v numeric);
insert into src.s values (1, 1.005), (2, null);
create table dw.dyn (n bigint);
create table dw.s (id int, v numeric(8,2));
