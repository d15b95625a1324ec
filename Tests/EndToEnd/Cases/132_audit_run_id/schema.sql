create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v int);
insert into src.s values (1, 1), (2, null);
create table dw.s (id int, v int, run bigint);
create sequence etl.run_id;
create table etl.runs (run bigint primary key, status text, n int, started timestamp default now(), ended timestamp);
create table etl.steps (run bigint references etl.runs (run), step int, what text, n bigint);
