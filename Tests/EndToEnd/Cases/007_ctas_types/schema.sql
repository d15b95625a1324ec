create schema src;
create schema dw;
create schema etl;

create table src.a (id int, qty int, price numeric(8,3), name varchar(20));
insert into src.a values (1, 2, 1.005, 'left'), (2, 3, 2.0045, 'middle'), (3, null, 3.3, null), (4, 0, null, 'right');
create table dw.a (id int, qty text, half text, price text, cents text, name text);
