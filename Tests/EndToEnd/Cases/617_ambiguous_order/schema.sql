create schema x;
create table x.s (id int primary key, v int, note text);
insert into x.s values (1,10,'a'),(2,20,'b'),(3,null,'c');
create table x.o (n int generated always as identity, id int, v int);
