create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, code text, n int);
insert into src.ev values (1, 'a', 3), (2, 'b', 1), (3, 'a', 4), (4, 'z', 2), (5, 'a', 1);
create table dw.acc (code text primary key, n int);
insert into dw.acc values ('a', 1), ('b', 9);
create table dw.log (id int, n int);
