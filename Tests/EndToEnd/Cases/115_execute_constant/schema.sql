create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v text);
insert into src.s values (1, 'it''s'), (2, null);
create table dw.s (id int, v text);
