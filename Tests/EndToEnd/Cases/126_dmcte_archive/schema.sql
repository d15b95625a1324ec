create schema src;
create schema dw;
create schema etl;

create table src.limits (name text, v int);
insert into src.limits values ('keep', 3);
create table dw.live (id int, v int);
insert into dw.live select g, nullif(g % 4, 0) from generate_series(1, 8) g;
create table dw.arch (id int, v int, live_count bigint);
