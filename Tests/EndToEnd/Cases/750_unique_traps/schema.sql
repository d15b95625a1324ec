create schema u;
create table u.src (id int primary key, vals int[], tag text);
create table u.t (id int, v int, note text);
create table u.o (id int, v int, n bigint);
insert into u.src values (1,'{1,2,3}','a'),(2,'{5}','b'),(3,null,'c');
insert into u.t values (1,0,'x'),(1,0,'y'),(2,0,'z'),(7,0,null);
