create schema src;
create schema dw;
create schema etl;

create table src.bin (id int primary key, free int, state text);
insert into src.bin values (1, 3, 'ok'), (2, null, 'ok'), (3, 8, null), (4, 20, 'broken'), (5, 30, 'ok');
create table dw.visit (id int, what text);
