create schema src; create schema dw;
create table src."Events" ("Id" int primary key, date date, time time, name text, value numeric(10,2), month text, "order" int);
create table src.types (type text, zone text, first int, last int, row int, rows int, year int);
create table dw.days (date date primary key, month int, year int, value numeric(12,2), name text, "Order" int);
create table dw.zones (zone text, type text, first int, last int, rank int, year text);
create table dw.by_month (month date, n int, value numeric(12,2), time time, "user" text);
insert into src."Events" values (1,'2024-01-31','10:00','a',1.5,'Jan',3),(2,'2024-01-31','11:30','b',2.25,'Jan',1),(3,'2024-02-01',null,'a',null,null,2),(4,'2024-02-15','09:15',null,7,'Feb',2),(5,null,'08:00','q',1,'x',null);
insert into src.types values ('A','UTC',1,9,1,10,2024),('A','CET',2,8,2,20,2023),('B','UTC',null,7,3,30,2024),('B',null,4,null,4,40,null);
