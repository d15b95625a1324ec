create schema src;
create schema dw;
create schema etl;

create table src.s (a int, b text);
insert into src.s values (1, 'x'), (null, null);
create table dw.s (a int, b text, c int default 7, d text, e date default '2024-05-05', f numeric(4,1) generated always as (a * 1.25) stored);
