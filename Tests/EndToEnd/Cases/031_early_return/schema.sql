create schema src;
create schema dw;
create schema etl;

create table src.cfg (name text primary key, val int);
insert into src.cfg values ('enabled', 1), ('limit', 3);
create table src.rows (id int);
insert into src.rows select generate_series(1, 5);
create table dw.rows (id int, pass int);
create table dw.log (step int, note text);
