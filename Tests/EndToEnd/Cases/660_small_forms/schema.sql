create schema src; create schema dw; create schema etl;
create table src.a (id int, x int); insert into src.a values (1,10),(2,20),(3,null),(2,21);
create table src.b (id int, y text); insert into src.b values (1,'p'),(2,'q'),(5,'r');
create table dw.j (id int, x int, y text);
create table dw.g (id int primary key, q int, p numeric(8,2), total numeric(10,2) generated always as (q * p) stored);
insert into dw.g (id, q, p) values (1, 2, 3.5), (2, 1, 1), (9, 9, 9);
create table dw.log (what text, v text);
