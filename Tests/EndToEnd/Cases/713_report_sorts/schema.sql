create schema src; create schema rpt;
create table src.s (id int primary key, region text, amount int, day date, label text);
create table rpt.top1 (id text, amount int, pos int);
create table rpt.top2 (region text, amount int, day text);
create table rpt.top3 (label text, n int, amount text);
create table rpt.top4 (id int, region text, best text);
create table rpt.top5 (key text, n bigint);
insert into src.s values (1,'N',10,'2024-01-01','a'),(2,'N',9,'2024-01-02','B'),(3,'S',100,'2024-01-02',null),(4,'S',20,'2024-01-03','c'),(5,null,5,'2024-01-01','a'),(10,'W',11,'2024-01-05','C'),(20,'W',11,'2024-01-04','d');
