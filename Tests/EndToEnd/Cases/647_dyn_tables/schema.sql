create schema src; create schema dw; create schema etl;
create table src.a (id int, v text); insert into src.a values (1,'x'),(2,null),(2,'y');
create table src.b (id int, v text, w numeric); insert into src.b values (1,'q',1.5);
create table dw.audit (tab text, n bigint, nulls bigint, max_id int, checked_on date);
create table dw.a_copy (id int, v text);
create table dw.b_copy (id int, v text);
