create schema u;
create table u.src (k text, region char(3), qty int, price numeric(8,2), ts timestamp, deleted boolean);
insert into u.src values ('A','EU ',1,1.5,'2024-01-01',false),('a','EU',2,2.5,'2024-01-02',null),('B','US',null,3,'2024-01-03',false),('C','US',4,null,'2024-01-01',true),(null,'US',5,5,'2024-01-05',false),('D','AP',6,6,null,false),('B','US',7,7,'2024-01-02',false);
create table u.dim (sk int generated always as identity primary key, k text not null, region char(3) not null default 'XX', qty int default 1 check (qty >= 0), price numeric(8,2), total numeric(12,2), updated timestamp, ver int not null default 1, constraint dim_uk unique (k, region));
create unique index on u.dim (lower(k)) where region = 'AP';
insert into u.dim (k, region, qty, price, updated) values ('A','EU',10,10,'2023-01-01'),('Z','US',0,0,null),('B','US',1,null,'2024-01-02');
create table u.hist (k text, region char(3), old_qty int, new_qty int, act text, at timestamp default '2000-01-01');
create table u.cnt (region char(3) primary key, n int not null default 0, last_k text);
create table u.seen (k text primary key);
