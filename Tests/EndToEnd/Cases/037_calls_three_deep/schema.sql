create schema src;
create schema dw;
create schema etl;

create table src.f (id int, grp text, v numeric);
insert into src.f values (1, 'a', 1.5), (2, 'a', null), (3, 'b', 7), (4, 'c', 0);
create table dw.f (grp text, v numeric(8,2), lvl int);
create table dw.log (msg text, n int);
