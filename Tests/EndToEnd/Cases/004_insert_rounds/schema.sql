create schema src;
create schema dw;
create schema etl;

create table src.m (id int, n numeric, f double precision);
insert into src.m values (1, 2.345, 0.5), (2, 2.335, 1.5), (3, -0.005, 2.5), (4, 1.5, -0.5), (5, null, null), (6, 99.995, 3.49999);
create table dw.m (id int primary key, n2 numeric(8,2), n0 numeric(8), i_from_n integer, i_from_f integer, s smallint, r real);
create table dw.total (label text, total numeric);
