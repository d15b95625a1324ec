create schema src;
create schema dw;
create schema etl;

create table src.n (id int primary key, a numeric, b int, f double precision);
insert into src.n values (1, 2.5, -7, 2.5), (2, -2.5, 7, 0.1), (3, 1e-5, null, 1e15), (4, null, 3, null), (5, 99999.99995, 2147483647, -0.0);
create table dw.n (id int, r int, t numeric, m int, g numeric, q text, fr double precision, ft text);
create table dw.agg (s text, av text, x text);
