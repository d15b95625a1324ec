create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v text);
insert into src.s values (1, 'x'), (2, null), (3, 'y'), (4, 'z');
create table dw.s (id int, v text);
create table dw.copy (id int, v text);
