create schema src;
create schema dw;
create schema etl;

create table src.f (id int primary key, cust text, amount int);
insert into src.f values (1, 'a', 5), (2, 'b', 6), (3, 'a', 7), (4, null, 8);
create table dw.dim (key int generated always as identity primary key, cust text unique);
insert into dw.dim (cust) values ('b');
create table dw.fact (id int primary key, key int, amount int);
