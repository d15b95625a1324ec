create schema src;
create schema dw;
create schema etl;

create table src.emp (id int primary key, dept int, pay numeric);
insert into src.emp values (1, 10, 1000), (2, 10, 1500.5), (3, 20, null), (4, 20, 900), (5, null, 1);
create table dw.emp (id int, pay numeric(8,2), band text);
