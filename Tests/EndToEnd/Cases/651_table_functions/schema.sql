create schema src; create schema dw; create schema etl;
create table src.plan (id int primary key, start_d date, amt numeric(10,2), freq char(1));
insert into src.plan values (1,'2024-01-31',100,'M'),(2,'2024-02-15',99.99,'Q'),(3,null,5,'M'),(6,'2024-01-01',1,'X');
create table src.tags (id int, tags text); insert into src.tags values (1,'a;b;;c'),(2,''),(3,null),(1,'a');
create table dw.due (plan_id int, no int, due date, amt numeric(10,2), primary key (plan_id, no));
create table dw.tag (plan_id int, pos int, tag text);
create type etl.due_row as (no int, due date, amt numeric);
