create schema src;
create schema dw;
create schema etl;

create table src.items (id int, v int);
insert into src.items values (1, 5), (2, null);
create table dw.items (id int, v int);
insert into dw.items values (100, 100);
create table dw.totals (n bigint, s bigint);
