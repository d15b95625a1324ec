create schema src;
create schema dw;
create schema etl;

create table src.s (id int, day date, v numeric);
insert into src.s values (1, '2024-01-01', 1.5), (2, '2024-01-02', 2.5), (3, null, 9);
create table dw.s (id int, v numeric(6,1), n bigint);
