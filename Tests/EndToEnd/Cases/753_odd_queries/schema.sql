create schema q;
create table q.s (id int primary key, g text, v int, d date, a int[]);
create table q.u (g text, lo date, hi date);
create table q.o (step int, k text, n numeric, t text);
insert into q.s values (1,'a',5,'2024-01-01','{1,2}'),(2,'a',5,'2024-01-02','{}'),(3,'b',3,'2024-01-02',null),(4,'b',null,null,'{7,8,9}'),(5,null,2,'2024-01-09','{2}'),(6,'B',3,'2024-01-05','{1,1}'),(7,'a',1,'2024-01-31','{5}');
insert into q.u values ('a','2024-01-01','2024-01-15'),('b','2024-01-03',null),('a','2024-01-20','2024-02-20');
