create schema src;
create schema dw;
create schema etl;

create table src.s (id int, t text);
insert into src.s values (1, 'x'), (2, null);
create table dw.log (kind text, v text, n int);
