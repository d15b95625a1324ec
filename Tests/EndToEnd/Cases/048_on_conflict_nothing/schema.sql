create schema src;
create schema dw;
create schema etl;

create table src.s (id int, code text, v int);
insert into src.s values (1, 'a', 1), (2, 'b', 2), (2, 'b', 2), (3, null, 3), (4, null, 4);
create table dw.s (id int primary key, code text unique, v int default 5, n int);
insert into dw.s values (1, 'z', 100, 0), (8, 'b', 100, 0);
create table dw.log (n bigint);
