create schema src;
create schema dw;
create schema etl;

create table src.cut (day date);
insert into src.cut values ('2024-01-10');
create table dw.log (id int primary key, day date);
insert into dw.log select g, date '2024-01-01' + g / 2 from generate_series(1, 40) g;
create table dw.stat (deleted bigint, batches int);
