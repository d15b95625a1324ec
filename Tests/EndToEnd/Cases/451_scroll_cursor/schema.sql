create schema src;
create schema dw;
create schema etl;

create table src.t (id int primary key, v text);
insert into src.t select g, case when g % 3 = 0 then null else 'v' || g end from generate_series(1, 9) g;
create table dw.seen (step int, id int, v text);
