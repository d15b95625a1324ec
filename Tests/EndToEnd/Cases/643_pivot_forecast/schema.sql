create schema src; create schema dw; create schema etl;
create table src.sale (prod text, d date, amt numeric(10,2));
insert into src.sale values ('A','2024-01-05',10),('A','2024-01-20',5),('A','2024-03-01',30),('A','2024-04-30',20),('B','2024-02-10',8),('B','2024-02-11',-2),(null,'2024-02-02',4);
create table dw.monthly (prod text, month date, amt numeric(12,2), ma3 numeric(12,4), primary key (prod, month));
create table dw.forecast (prod text, month date, level numeric(14,4), method text, run_no int, primary key (prod, month));
create table dw.pivot (prod text primary key, q1 numeric, q2 numeric, other numeric);
