create schema src; create schema rpt; create schema dw;
create table src.ord (id int primary key, d date, region text, amt numeric(10,2), prod text);
insert into src.ord values (1,'2024-01-01','N',10,'p1'),(2,'2024-01-15','S',20,'p1'),(3,'2024-01-31','N',5,'p2'),(4,'2024-02-01','S',7,'p2'),(5,null,'N',1,'p1'),(6,'2024-01-10',null,2,null);
create table dw.kpi_log (f date, t date, n int, total numeric);
