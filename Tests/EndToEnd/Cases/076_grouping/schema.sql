create schema src;
create schema dw;
create schema etl;

create table src.s (g text, h int, v numeric);
insert into src.s values ('a', 1, 5), ('a', 1, 5), ('a', 2, null), (null, 1, 3), (null, null, 2), ('', 2, 0);
create table dw.g (g text, h int, lvl int, n bigint, d bigint, s numeric(8,2), f numeric(8,2));
