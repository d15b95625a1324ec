create schema src;
create schema dw;
create schema etl;

create table src.s (reg text, v int);
insert into src.s values ('n', 1), ('s', 2), ('n', 3), ('w', 4), (null, 5);
create table dw.s (reg text, total bigint, src text);
