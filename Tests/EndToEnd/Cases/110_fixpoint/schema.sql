create schema src;
create schema dw;
create schema etl;

create table src.part (parent text, child text, n int);
insert into src.part values ('car', 'wheel', 4), ('wheel', 'bolt', 5), ('car', 'door', 2), ('door', 'bolt', 3), ('bolt', 'steel', 1), ('x', 'y', 1);
create table dw.parts (child text primary key, lvl int);
