create schema src;
create schema dw;
create schema etl;

create table src.s (id int);
insert into src.s values (1), (2);
create table dw.a (id int);
create table dw.b (id int);
