create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, k1 int, k2 int);
insert into src.ev values (1, 1, 1), (2, 1, 2), (3, 2, 1);
create table dw.t (k int, n int);
insert into dw.t values (1, 0), (1, 10), (2, 5);
