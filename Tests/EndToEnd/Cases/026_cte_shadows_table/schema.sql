create schema src;
create schema dw;
create schema etl;

create table src.stock (id int, qty int);
insert into src.stock values (1, 5), (2, 0), (3, null), (4, 9);
create table dw.stock (id int, qty int, src text);
