create schema src;
create schema dw;
create schema etl;

create table src.s (id int primary key, v numeric);
insert into src.s values (1, 10), (2, null), (3, -5.5), (4, 7);
