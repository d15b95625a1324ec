create schema src;
create schema dw;
create schema etl;

create table src.s (seq int primary key, k text, v int);
insert into src.s values (1, 'a', 1), (2, 'b', 2), (3, 'a', 10);
create table dw.s (k text primary key, v int, n int default 1);
insert into dw.s values ('b', 100, 1);
