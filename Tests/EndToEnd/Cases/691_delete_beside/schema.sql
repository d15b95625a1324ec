create schema src; create schema dw; create schema etl;
create table src.r (n int primary key, k text, drop_first boolean, v int);
insert into src.r values (1,'a',true,10),(2,'b',false,20),(3,'b',true,30),(4,'c',null,40),(5,'b',false,50);
create table dw.t (k text primary key, v int);
insert into dw.t values ('a',1),('c',3);
create table dw.log (n int, msg text);
