create schema src;
create schema dw;
create schema etl;

create table src.r (id int, a int, b int, c int);
insert into src.r values (1, 1, 2, 3), (2, 1, null, 3), (3, null, null, null), (4, 5, 2, 1), (5, 2, 2, null);
create table dw.r (id int, how text);
