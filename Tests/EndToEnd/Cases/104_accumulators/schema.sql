create schema src;
create schema dw;
create schema etl;

create table src.v (id int primary key, g text, v numeric);
insert into src.v values (1, 'a', 1.5), (2, 'b', null), (3, 'a', -2), (4, 'c', 7.25), (5, null, 3);
create table dw.acc (total numeric, n int, best numeric, names text, first_big int);
