create schema src; create schema dw; create schema etl;
create table src.reading (id int, day date, sensor int, val numeric);
insert into src.reading values (1,'2024-01-31',1,1.5),(2,'2024-01-31',2,null),(3,'2024-02-01',1,3),(4,null,1,1);
create table dw.reading (id int, day date not null, sensor int, val numeric(6,1)) partition by range (day);
create table dw.load_log (n int, day date, note text);
