create schema src;
create schema dw;
create schema etl;
create table src.price_feed (id int primary key, sku varchar(10), price numeric(10,4), supplier text, at date);
insert into src.price_feed values (1, 'a', 1.005, 's1', '2024-01-01'), (2, 'b', null, 's1', '2024-01-01'), (3, 'a', 2, 's2', '2024-01-02'), (4, null, 3, 's1', '2024-01-02'), (5, 'c', 9.99, null, '2024-01-03'), (6, 'a', 2, 's1', '2024-01-04'), (7, 'c', 10, 's3', '2024-01-04');
create table dw.price (sku varchar(10) primary key, price numeric(10,2), changes int default 0, supplier varchar(5), since date);
insert into dw.price values ('b', 5, 3, 's9', '2020-01-01'), ('z', 1, 0, null, null);
create table dw.price_log (id int, sku varchar(10), what text, old numeric(10,2), seq int);
create table etl.summary (run_at timestamp default localtimestamp, read_ int, inserted int, updated int, kept int, last_sku text, biggest numeric);
