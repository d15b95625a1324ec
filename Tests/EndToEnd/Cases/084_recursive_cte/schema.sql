create schema src;
create schema dw;
create schema etl;

create table src.org (id int, boss int, name text);
insert into src.org values (1, null, 'ceo'), (2, 1, 'cto'), (3, 1, 'cfo'), (4, 2, 'dev'), (5, 4, 'intern'), (6, 7, 'loop'), (7, 6, 'loop2'), (8, 99, 'lost');
create table dw.org (id int, lvl int, path text);
create table dw.reach (a int, b int);
