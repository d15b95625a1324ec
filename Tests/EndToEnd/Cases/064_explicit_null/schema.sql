create schema src;
create schema dw;
create schema etl;

create table src.n (id int, v int, t text);
insert into src.n values (1, 5, 'a'), (2, null, 'b'), (3, 9, null);
create table dw.n (id int, v int, t text, mode text);
