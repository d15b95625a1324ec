create schema src;
create schema dw;
create schema etl;

create table src.items (id int primary key, grp text, price numeric(10, 3), qty int, at timestamptz);
insert into src.items values
    (1, 'a', 2.125, 1, '2024-03-01 23:30:00+00'), (2, 'b', 2.5, null, null), (3, 'a', null, 4, '2024-03-02 00:30:00+00'),
    (4, 'a', 3.5, 2, '2024-02-29 12:00:00+00');
create table dw.out (tag text, i int, n numeric, d date, t text, b boolean);
create table dw.nums (tag text, small smallint, money numeric(6, 2), c char(5), v varchar(8), f double precision);
