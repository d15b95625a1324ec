create schema src; create schema dw; create schema etl;
create type etl.money_pair as (net numeric(10,2), gross numeric(10,2));
create table src.item (code text primary key, tax text, price numeric, steps int[]);
insert into src.item values ('A','t1',10.005,'{1,2,3}'),('B',null,5,null),('D','t9',1,'{}');
create table src.tax (tax text primary key, pct numeric); insert into src.tax values ('t1',7.7),('t2',2.5);
create table dw.price (code text, step int, net numeric(10,2), gross numeric(10,2), total_steps int);
create table dw.miss (code text, why text);
