create schema src;
create schema dw;
create schema etl;

create table src.s (a int, b text);
insert into src.s values (1, 'x'), (2, null), (2, 'y'), (null, 'z');
create table dw.t (a int, b text, n int);
insert into dw.t values (1, 'x', 1), (2, null, 2), (2, 'y', 3), (null, 'z', 4), (5, 'q', 5);
