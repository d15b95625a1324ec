create schema src; create schema rpt;
create table src.sales (id int primary key, region text, sold date, qty int, amt numeric(12,2));
create table rpt.sales_pivot (region text primary key, jan numeric(12,2), feb numeric(12,2), mar numeric(12,2), total numeric(14,2));
create table rpt.kpi (name text primary key, val numeric, note varchar(30));
insert into src.sales values (1,'N','2024-01-05',1,10),(2,'N','2024-02-05',2,20.5),(3,null,'2024-01-01',1,5),(4,'S','2024-03-31',0,0),(5,'S','2024-03-01',null,null),(6,'N','2023-01-05',1,99);
