create schema src;
create schema dw;
create schema etl;

create table src.one (a int, b text, c numeric);
create table src.two (c numeric, a int);
insert into src.one values (1, 'x', 1.25), (2, null, 2.555), (3, 'z', null);
insert into src.two values (7.5, 1), (8.5, 2), (8.5, 2);
create table dw.wide (c int, t text, a numeric(6,1), extra text default 'dflt');
create table dw.copy (a int, b text, c numeric, c2 numeric, a2 int);
