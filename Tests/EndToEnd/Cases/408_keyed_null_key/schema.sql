create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, code text, n int);
insert into src.ev values (1, 'a', 3), (2, null, 1), (3, 'a', 4), (4, null, 2), (5, 'b', 9);
create table dw.acc (code text unique, n int, hits int);
insert into dw.acc values ('b', 1, 0), (null, 7, 0);
