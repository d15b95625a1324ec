create schema src;
create schema dw;
create schema etl;

create table src.cust (id int primary key, name text, active boolean);
insert into src.cust values (1, 'a', true), (2, 'b', null), (3, 'c', false), (4, 'd', true);
create table dw.log (id int, name text, active boolean);
