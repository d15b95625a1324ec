create schema src;
create schema dw;
create schema etl;

create table src.item (id int primary key, sku text, qty int);
insert into src.item values (1, 'a', 2), (2, 'b', 1), (3, null, 1), (4, 'c', null), (5, 'd', 3), (6, 'd', 6), (7, 'a', 1);
create table src.price (sku text, price numeric(10,2), valid_from date, valid_to date);
insert into src.price values ('a', 1.5, '2024-01-01', null), ('b', 2, '2024-01-01', '2024-02-01'), ('b', 3, '2024-01-15', null), ('c', null, '2024-01-01', null), ('d', -1, '2024-01-01', null);
create table dw.priced (day date, item_id int, amount numeric(12,2));
create table dw.problem (day date, item_id int, what text);
create table dw.seen (day date, item_id int, price numeric(10,2));
