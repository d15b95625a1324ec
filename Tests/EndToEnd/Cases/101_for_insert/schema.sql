create schema src;
create schema dw;
create schema etl;

create table src.o (id int primary key, qty int, price numeric);
insert into src.o values (1, 2, 1.255), (2, null, 3), (3, 4, null), (4, 1, 9.999);
create table dw.o (id int, total numeric(8,2), note text default 'row');
