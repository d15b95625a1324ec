create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, code text);
insert into src.ev values (1, 'a'), (2, 'ax'), (3, 'b'), (4, 'a');
create table dw.acc (code text primary key, n int);
insert into dw.acc values ('a', 1), ('b', 9), ('q', 5);
