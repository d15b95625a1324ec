create schema src;
create schema dw;
create schema etl;

create table src.items (id int primary key, qty int);
insert into src.items values (1, 0), (2, 1), (3, 0);
create table dw.log (id int, what text);
