create schema src;
create schema dw;
create schema etl;

create table src.n (v int);
insert into src.n values (1), (2), (2);
create table dw.a (v int);
create table dw.b (v int);
