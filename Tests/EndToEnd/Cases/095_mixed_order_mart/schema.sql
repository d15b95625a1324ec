create schema src;
create schema dw;
create schema etl;

create type dw.channel as enum ('shop', 'web', 'phone');
create table src.customers (id int primary key, name text, email text, segment char(3), changed timestamp);
insert into src.customers values (1, ' Ann ', 'ANN@X.ORG', 'A', '2024-01-01'), (2, 'Bob', null, 'b', '2024-01-02'), (3, '', 'c@', null, null), (4, 'Dan', 'dan@y.de', 'A  ', '2024-02-01');
create table src.orders (id int primary key, cust int, channel text, at timestamp, total numeric, status text);
insert into src.orders values (10, 1, 'WEB', '2024-01-05 10:00', 100.005, 'ok'), (11, 1, 'shop', '2024-01-05 12:00', 50, 'ok'), (12, 2, 'Phone ', '2024-01-06 00:00', null, 'ok'), (13, 9, 'web', '2024-01-06 23:59:59', 10, 'void'), (14, null, null, '2024-01-07', 5, null), (15, 4, 'fax', '2024-01-07 08:00', -20, 'ok');
create table src.fees (channel text, pct numeric(5,2), min_fee numeric(6,2));
insert into src.fees values ('web', 2.5, 1), ('phone', 4, 3.33), ('shop', 0, null);
create table dw.customer (id int primary key, name varchar(12) not null, email varchar(20), segment char(2) default 'Z', orders int not null default 0, loaded_at timestamptz default now());
create table dw.orders (id int primary key, cust int references dw.customer (id), channel dw.channel, day date not null, total numeric(10,2) not null default 0, fee numeric(8,2), net numeric(10,2) generated always as (total - coalesce(fee, 0)) stored);
create table dw.daily (day date, channel dw.channel, n int, net numeric(12,2), run numeric(12,2), constraint daily_uq unique (day, channel));
create table dw.rejects (order_id int, reason text not null check (reason in ('void', 'no customer', 'bad channel')));
create table dw.audit (step text, n bigint, note text);
