create schema raw; create schema dw; create schema etl;
create table raw.payment (order_id int, amt numeric(8,2), paid_on date);
create table dw.orders (order_id int primary key, total numeric(8,2), paid numeric(8,2), state varchar(6), updated timestamptz);
create table dw.stock (sku text primary key, qty int, low boolean);
insert into raw.payment values (1,5.5,'2024-01-01'),(1,4.5,'2024-01-03'),(3,1,null);
insert into dw.orders values (1,10,0,'open',null),(2,10,null,'open',null),(3,null,0,null,null),(4,1,0,'open','2024-01-01');
insert into dw.stock values ('a',3,null),('b',null,true),('c',30,true);
