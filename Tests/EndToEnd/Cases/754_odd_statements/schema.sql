create schema w;
create table w.src (id int, name text, amt numeric(8,2), day date);
create table w.a (id int generated always as identity (start with 100) primary key, code int, name varchar(10) default 'none', amt numeric(8,1) default 1.25, doubled numeric generated always as (amt * 2) stored, tags text[] default '{}');
create table w.b (id int primary key, name text unique, amt numeric(8,2) not null default 0, day date, note text);
create table w.hist (id int, name text, old_amt numeric, new_amt numeric, op char(1));
insert into w.src values (1,'a',10.55,'2024-01-01'),(2,'b',null,'2024-01-02'),(3,'c',30,'2024-01-03'),(4,null,40,'2024-01-04'),(1,'a2',12,'2024-02-01');
insert into w.b values (1,'one',1,'2023-01-01','x'),(3,'three',3,null,null),(9,'nine',9,'2023-09-09','keep');
