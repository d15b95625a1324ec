create schema src;
create schema dw;
create schema etl;

create table dw.stock (id int primary key, qty int, place text);
insert into dw.stock values (1, 5, 'x'), (2, null, 'x'), (3, 0, null), (4, 7, 'y'), (5, null, null), (6, 5, '');
