create schema src;
create schema dw;
create schema etl;

create table src.sales (id int primary key, shop text, amount numeric(10,3), sold_on date);
insert into src.sales values (1, 'a', 10.005, '2024-01-01'), (2, 'a', null, '2024-01-02'), (3, null, 2.5, null), (4, 'b', -1, '2024-01-02');
create table dw.shops (shop text primary key, total numeric(12,2), sales int not null default 0);
create table dw.log (id int generated always as identity, what text not null, n bigint);
