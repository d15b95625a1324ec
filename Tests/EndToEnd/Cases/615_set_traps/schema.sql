create schema q;
create table q.a (id int, k int, v text);
insert into q.a values (1,1,'x'),(2,1,'y'),(3,2,null),(4,null,'x'),(4,null,'x'),(5,3,'z');
create table q.b (k int, w text);
insert into q.b values (1,'one'),(2,'two'),(null,'nul'),(2,'zwei'),(4,'four');
create table q.o (what text, a int, b int, t text, n bigint);
create table q.tree (id int primary key, parent int, name text);
insert into q.tree values (1,null,'root'),(2,1,'l'),(3,1,'r'),(4,2,'ll'),(5,4,'lll'),(6,9,'orphan');
create table q.flat (id int primary key, path text, depth int, leaf boolean, top int);
