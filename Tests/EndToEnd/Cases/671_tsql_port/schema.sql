create schema src; create schema dbo; create schema etl;
create table src.sales (id int, region text, dt date, amt numeric(18,4)); insert into src.sales values (1,'N','2024-01-01',10.12345),(2,'S','2024-01-15',null),(3,'N','2024-01-31',3),(4,'W','2024-02-01',4),(5,'N','2024-01-31',3);
create table dbo.target (region varchar(3) not null, period char(6) not null, amt numeric(18,2), rnk int, prev_amt numeric(18,2), primary key (region, period));
create table dbo.msgs (id serial, msg varchar(200), created timestamp default now());
