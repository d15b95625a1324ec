create schema fa;
create table fa.asset(asset_id int primary key, name text, method char(2) not null, cost numeric(12,2) not null, salvage numeric(12,2) not null default 0, life_months int not null, in_service date not null, disposed_on date);
create table fa.schedule(asset_id int not null, period int not null, month_end date not null, depreciation numeric(12,2) not null, accumulated numeric(12,2) not null, book_value numeric(12,2) not null, primary key(asset_id, period));
create table fa.summary(month_end date primary key, total numeric(14,2), n int);
insert into fa.asset values (1,'press','SL',1000,100,7,'2024-01-31',null),(2,'mill','DB',500,0,5,'2023-12-01',null),(3,'desk','SL',99.99,0,3,'2024-01-15','2024-02-20'),(4,'zero','SL',10,10,2,'2024-01-01',null);
