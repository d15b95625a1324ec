create schema gl;
create schema ref;
create table ref.fx (ccy char(3) not null, rate_date date not null, per_eur numeric(18,8) not null, src varchar(5), primary key (ccy, rate_date, src));
insert into ref.fx values ('USD','2024-01-01',1.1,'ECB'),('USD','2024-01-15',1.08,'ECB'),('USD','2024-01-15',1.09,'BBG'),('JPY','2023-12-20',157.5,'ECB'),('GBP','2024-02-01',0.86,'ECB');
create table gl.entry (entry_id bigint primary key, company smallint not null, account varchar(10) not null, ccy char(3), amount numeric(15,2) not null, posted date not null, doc text);
insert into gl.entry values (1,1,'1000','USD',100,'2024-01-10','a'),(2,1,'1000','JPY',15750,'2024-01-15','b'),(3,1,'1000',null,10,'2024-01-15',null),(4,2,'1000','GBP',50,'2024-01-31','c'),(5,2,'2000','EUR',-33.335,'2024-01-31','d'),(6,2,'2000','USD',-0.01,'2024-01-15','e'),(7,1,'1000','USD',0,'2024-01-31',null);
create table gl.entry_eur (entry_id bigint primary key, company smallint not null, account varchar(10) not null, amount_eur numeric(15,2), rate numeric(12,6), rate_date date, stale_days int, problem varchar(20));
create table gl.balance (company smallint, account varchar(10), as_of date, balance_eur numeric(15,2), entries int, unconverted int, primary key (company, account, as_of));
create table gl.revaluation (as_of date, company smallint, account varchar(10), ccy char(3), booked numeric(15,2), closing numeric(15,2), diff numeric(15,2) generated always as (closing - booked) stored);
