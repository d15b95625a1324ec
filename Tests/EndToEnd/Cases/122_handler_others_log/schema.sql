create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v text);
insert into src.s values (1, '10'), (2, ' 20 ');
create table dw.s (id int primary key, v int);
create table dw.log (step text, state text, n int);
