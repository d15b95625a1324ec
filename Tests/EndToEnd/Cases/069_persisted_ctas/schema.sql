create schema src;
create schema dw;
create schema etl;

create table src.s (id int, name varchar(8), amount numeric(9,3), day date);
insert into src.s values (1, 'a', 1.0005, '2024-01-01'), (2, null, null, null), (1, 'a', 1.001, '2024-01-01');
create table dw.snap as select 0 as old_column;
