create schema s;
create table s.m (id int primary key, a int, b int, n numeric, p numeric(10,2), f double precision, r real, big bigint, sm smallint);
insert into s.m values (1,7,2,10,2.50,2.5,2.5,9007199254740993,3),(2,-7,2,-3.5,-2.50,-2.5,0.1,null,-3),(3,null,3,0.5,0.005,0.5,1e10,5,32767),(4,5,null,1.005,1.01,1.5,16777217,-5,0),(5,0,-1,null,null,null,null,0,null),(6,13,5,2.675,2.68,2.675,2.675,1,1);
create table s.o (id int, what text, i int, b bigint, n numeric, n2 numeric(12,3), f double precision, t text, primary key (id, what));
create table s.tot (k text primary key, n numeric(20,4), c int, avg_n numeric, avg_i numeric(10,4));
