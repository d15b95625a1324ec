create schema src;
create schema dw;
create schema etl;

create table src.c (id int primary key, name text, n int);
insert into src.c values (1, 'a', 2), (2, 'b', 0), (3, null, null);
create table src.o (id int primary key, c int, amount numeric);
insert into src.o values (1, 1, 10), (2, 1, 30), (3, 1, 20), (4, 3, null), (5, 9, 1);
create table dw.top (c int, o int, amount numeric(8,2), pos int);
