create schema src; create schema dw; create schema etl;
create table src.m (kind text, v numeric, d date); insert into src.m values ('a',1,'2024-01-01'),('a',2.5,null),('b',10,'2024-01-02'),(null,7,'2024-01-03'),('a',-1,'2024-01-04');
create table dw.out_a (kind text, v numeric, note text);
create table dw.out_b (kind text, v numeric, note text);
create table dw.cnt (what text, n bigint, last_d date);
