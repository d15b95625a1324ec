create schema shop;
create schema rpt;
create table shop.sale (id int generated always as identity primary key, sold_on date, region text, channel varchar(8), sku text, qty int, amount numeric(10,2), cost numeric(10,2));
insert into shop.sale (sold_on, region, channel, sku, qty, amount, cost) values
 ('2024-01-05','N','web','a',1,10,6),('2024-01-06','N','pos','a',2,19.98,12),('2024-02-01','S','web','b',1,5,null),('2024-02-01',null,'web','b',1,5.005,4),('2024-03-31','S','pos','c',0,0,0),('2024-04-01','S',null,'a',3,33.33,18),('2024-02-29','N','web',null,1,7,7);
create table rpt.summary (level smallint, region text, channel varchar(8), quarter char(6), amount numeric(12,2), margin_pct numeric(6,2), median_qty double precision, top_sku text, skus text, rnk int);
create type rpt.kpi as (region text, amount numeric, share numeric);
