create schema src;
create schema dw;
create schema etl;

create table src.e (id int, v numeric, day date);
create table dw.e (id int, v numeric(8,2), day date);
create table dw.stat (n bigint, total numeric, last date, note text);
