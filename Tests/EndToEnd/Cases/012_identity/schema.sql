create schema src;
create schema dw;
create schema etl;

create table src.c (no text, name text);
insert into src.c values ('c1', 'Ann'), ('c2', 'Bob'), ('c3', null);
create table src.o (id int, no text, amount int);
insert into src.o values (1, 'c1', 5), (2, 'c3', 7), (3, 'c9', 1), (4, null, 2);
create table dw.dim_c (key int generated always as identity primary key, no text unique, name text);
create table dw.fact_o (id int primary key, key int references dw.dim_c (key), amount int);
