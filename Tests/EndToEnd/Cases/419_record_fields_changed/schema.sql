create schema src;
create schema dw;
create schema etl;

create table src.items (id int primary key, grp text, qty int, amount numeric(10,3));
insert into src.items values (1, 'a', 2, 10.005), (2, 'b', null, 3.335), (3, 'a', 5, null), (4, null, 1, 7.125), (5, 'b', 0, 1.001);
create table dw.log (what text, a text, b text);
