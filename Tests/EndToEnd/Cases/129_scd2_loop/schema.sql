create schema src;
create schema dw;
create schema etl;

create table src.prod (code text primary key, price numeric, seen date);
insert into src.prod values ('p1', 9.99, '2024-01-01'), ('p2', null, '2024-01-01');
create table dw.prod (sk int generated always as identity primary key, code text, price numeric(8,2), from_day date, to_day date, current char(1) default 'Y');
