create schema src;
create schema dw;
create schema etl;

create table src.dept (name text primary key, factor numeric);
insert into src.dept values ('it', 1.1), ('hr', null), ('ops', 2);
create table src.emp (id int, dept text, pay int);
insert into src.emp values (1, 'it', 100), (2, 'it', 55), (3, 'ops', 10), (4, null, 9);
create table dw.pay (id int, pay numeric(8,2));
create table dw.log (dept text, n int);
