create schema wms;
create schema snap;
create table wms.move (id int primary key, sku text not null, wh char(2), d date not null, qty int not null, unit_cost numeric(9,4));
insert into wms.move values (1,'a','W1','2024-01-01',10,1.25),(2,'a','W1','2024-01-03',-4,null),(3,'a','W2','2024-01-03',4,1.25),(4,'b','W1','2024-01-02',100,0.3333),(5,'a','W1','2024-01-05',5,1.5),(6,'c',null,'2024-01-04',1,1);
create table snap.day (sku text, wh char(2), d date, on_hand int not null, value numeric(12,2), is_carried boolean not null default false, days_since int, primary key (sku, wh, d));
create table snap.watermark (name text primary key, upto date);
insert into snap.watermark values ('inventory', '2023-12-31');
