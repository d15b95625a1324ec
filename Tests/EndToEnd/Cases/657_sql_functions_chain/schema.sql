create schema src; create schema dw; create schema etl;
create table src.ticket (id int primary key, opened timestamp, closed timestamp, prio text, owner text);
insert into src.ticket values (1,'2024-02-01 09:00','2024-02-01 17:30','high','a'),(2,'2024-02-02 09:00',null,'low','b'),(3,'2024-02-03','2024-02-10','low',null),(4,null,null,'high','a'),(5,'2024-03-01 08:00','2024-03-01 07:00','mid','a');
create table dw.ticket_fact (id int primary key, hours numeric(10,2), sla_ok boolean, bucket text);
create table dw.owner_stat (owner text primary key, n int, avg_h numeric(10,2), p50 double precision, mode_prio text);
create table dw.refreshed (what text, n int, ok boolean);
