create schema src;
create schema dw;
create schema etl;

create table src.a (id int, g int, v int);
create table src.b (g int, v int);
insert into src.a values (1, 1, 5), (2, 1, null), (3, 2, 7), (4, null, 2), (5, 3, 9);
insert into src.b values (1, 5), (1, null), (2, 8), (2, 6), (null, 2);
create table dw.r (id int, has_b boolean, all_less boolean, any_eq boolean, in_row boolean, top int);
