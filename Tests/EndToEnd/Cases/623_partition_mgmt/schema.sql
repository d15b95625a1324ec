create schema src; create schema dw; create schema etl;
create table src.ev (id int, at timestamp, kind text, val numeric);
insert into src.ev values (1,'2024-03-01','x',1.5),(2,'2024-03-31 23:59:59','y',2),(3,'2024-04-01','x',9),(3,'2024-03-05','x',null),(4,null,'z',1);
create table dw.ev (id int, at timestamp not null, kind text, val numeric(10,1)) partition by range (at);
create table dw.ev_2024_02 partition of dw.ev for values from ('2024-02-01') to ('2024-03-01');
insert into dw.ev values (99,'2024-02-10','old',5);
create table dw.ev_stats (month date primary key, n int, total numeric, kinds text[]);
