create schema src;
create schema dw;
create schema etl;

create table src.a (k int, x text);
create table src.b (k int, y text);
create table src.c (y text, z int);
insert into src.a values (1, 'a1'), (2, 'a2'), (2, 'a2'), (null, 'an');
insert into src.b values (2, 'b2'), (3, 'b3'), (null, 'bn'), (1, null);
insert into src.c values ('b2', 20), (null, 99), ('b3', 30);
create table dw.j (how text, k int, x text, y text, z int);
