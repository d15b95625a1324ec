create schema src; create schema dw; create schema etl;
create table src.emp (id int primary key, name varchar(30), dept text, salary numeric(10,2));
insert into src.emp values (1,'Ann','A',5000),(2,'Bob',null,4000),(3,'Cy','B',null),(4,'','B',0);
create table dw.emp (id int primary key, name varchar(30), dept text, salary numeric(10,2), valid boolean default true, cs text);
insert into dw.emp (id, name, dept, salary) values (1,'Ann','A',4900),(9,'Old','Z',1);
create table dw.change (seq bigint generated always as identity, id int, col text, old_val text, new_val text, kind char(1));
