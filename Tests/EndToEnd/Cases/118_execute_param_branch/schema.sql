create schema src;
create schema dw;
create schema etl;

create table src.s (id int primary key, a int, b int);
insert into src.s values (1, 5, 1), (2, 3, null), (3, null, 9), (4, 4, 4);
create table dw.top (id int, v int, by_col text);
