create schema src;
create schema dw;
create schema etl;

create table src.s (v int);
insert into src.s values (1), (2), (3);
create table dw.s (v int);
create table dw.log (what text, n bigint);
