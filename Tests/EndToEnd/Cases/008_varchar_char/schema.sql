create schema src;
create schema dw;
create schema etl;

create table src.n (id int, t text);
insert into src.n values (1, 'ab'), (2, 'ab  '), (3, 'abcdef'), (4, ''), (5, null), (6, 'abc      ');
create table dw.n (id int primary key, v varchar(5), c char(5), same boolean, shown text);
create table dw.found (id int, other int);
