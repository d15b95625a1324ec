create schema src;
create schema dw;
create schema etl;

create table src.kv (k text, v int);
insert into src.kv values ('a', 1), ('b', 2), ('b', 3);
create table dw.kv (k text primary key, v int, n int default 1);
create table dw.log (what text);
