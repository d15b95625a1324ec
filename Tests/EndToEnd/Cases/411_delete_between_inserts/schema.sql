create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, code text, n int);
insert into src.ev values (1, 'a', 3), (2, 'b', 1), (3, 'a', -4), (4, 'c', -2), (5, 'c', 6);
create table dw.t (id int, code text, n int);
insert into dw.t values (100, 'a', 0), (101, 'b', 0), (102, null, 0);
