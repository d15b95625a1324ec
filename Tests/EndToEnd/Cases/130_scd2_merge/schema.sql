create schema src;
create schema dw;
create schema etl;

create table src.c (id int, city text);
insert into src.c values (1, 'A'), (2, 'B'), (3, null);
create table dw.c (id int, city text, v_from int, v_to int);
insert into dw.c values (1, 'A', 0, null), (2, 'X', 0, null), (9, 'Z', 0, null);
