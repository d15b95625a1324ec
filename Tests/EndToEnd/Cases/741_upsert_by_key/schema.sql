create schema raw; create schema dw; create schema etl;
create table raw.item (sku varchar(12) not null, region char(2), price numeric(8,2), name text);
create table dw.item (item_id int generated always as identity primary key, sku varchar(12) not null unique, name varchar(8), changes int not null default 0, seen timestamptz);
create table dw.price (sku varchar(12), region char(2), price numeric(8,2), changed int default 0, primary key (region, sku));
create table dw.loose (sku varchar(12) unique, price numeric(8,2), n int default 0);
insert into dw.loose values (null,1,1),(null,2,2),('b',2.5,3),('c',9,4);
insert into raw.item values ('a','N',1,'A'),('b','S',2.5,'B'),('c','S',null,'C'),('a','S',9,'A');
insert into dw.item (sku, name, changes) overriding system value values ('b','old',3),('zz','gone',1);
insert into dw.price values ('b','S',2.5,1),('a','N',7,2),('q','Q',1,1);
