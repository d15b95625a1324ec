create schema src;
create schema dw;
create schema etl;

create table src.s (day date, v int);
insert into src.s values ('2024-02-28', 1), ('2024-03-01', 2), ('2024-03-01', null), (null, 9);
create table dw.cal (day date, v bigint, name text, slot timestamp);
