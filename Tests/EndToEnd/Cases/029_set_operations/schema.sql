create schema src;
create schema dw;
create schema etl;

create table src.l (v int, t text);
create table src.r (v int, t text);
insert into src.l values (1, 'a'), (1, 'a'), (1, 'a'), (2, null), (2, null), (3, 'c'), (null, null);
insert into src.r values (1, 'a'), (2, null), (2, 'b'), (null, null), (4, 'd');
create table dw.res (op text, v int, t text);
