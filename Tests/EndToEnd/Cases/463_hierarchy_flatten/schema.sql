create schema src;
create schema dw;
create schema etl;

create table src.employee (id int primary key, boss_id int, name text);
insert into src.employee values (1, null, 'a'), (2, 1, 'b'), (3, 1, 'c'), (4, 2, 'd'), (5, 4, 'e'), (6, null, 'f'), (7, 8, 'g'), (8, 7, 'h'), (9, 99, 'i'), (10, 2, null);
create table dw.org (emp_id int primary key, boss_id int, top_id int, depth int, path text, reports bigint);
create table dw.org_log (depth int, found int);
