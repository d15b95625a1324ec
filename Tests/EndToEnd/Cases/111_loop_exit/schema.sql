create schema src;
create schema dw;
create schema etl;

create table src.req (id int primary key, cost int);
insert into src.req values (1, 30), (2, 50), (3, 40), (4, 5), (5, null), (6, 1);
create table dw.granted (id int, rest int);
create table dw.pairs (a int, b int);
