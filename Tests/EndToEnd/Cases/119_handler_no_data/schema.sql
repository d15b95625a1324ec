create schema src;
create schema dw;
create schema etl;

create table src.cfg (k text, v int);
insert into src.cfg values ('one', 1), ('two', 2), ('two', 22);
create table dw.out (k text, v int, how text);
