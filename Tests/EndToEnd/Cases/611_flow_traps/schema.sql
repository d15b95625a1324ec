create schema f;
create table f.t (id int primary key, grp char(2), v int);
insert into f.t values (1,'a',10),(2,'a',null),(3,'b',30),(4,'b',40),(5,'c',5),(6,null,6);
create table f.log (n int generated always as identity, w text, x int, b boolean);
create table f.dst (id int primary key, v int, grp char(2));
insert into f.dst values (1,1,'z'),(9,9,'z');
