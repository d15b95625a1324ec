create schema src;
create schema dw;
create schema etl;

create table src.s (k text, v numeric);
insert into src.s values ('a', 1.005), ('b', null), ('c', 3);
create table dw.s (k text primary key, v numeric(8,2), n int default 0);
insert into dw.s values ('a', 9, 1), ('z', 9, 1);
create table dw.log (upd bigint, ins bigint);
