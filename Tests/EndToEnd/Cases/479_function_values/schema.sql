create schema src;
create schema dw;
create schema etl;

create table src.orders (order_id int primary key, customer_id int, country text, net numeric(10, 2), qty int, ordered_on date);
insert into src.orders values
    (1, 10, 'DE', 100.00, 3, '2024-01-31'), (2, 10, 'FR', 55.55, 0, '2024-02-29'), (3, null, null, null, null, null),
    (4, 12, 'US', 0.01, -2, '2024-12-31'), (5, 12, 'DE', 99999.99, 7, '2024-01-31');
create table src.rates (country text primary key, rate numeric(5, 4), valid boolean);
insert into src.rates values ('DE', 0.19, true), ('FR', 0.2, true), ('US', null, false);
create table dw.order_facts (
    order_id int primary key, gross numeric(12, 2), band text, period varchar(7), per_piece numeric(10, 3), customer text, flags text[]
);
create table dw.band_totals (band text, n int, gross numeric);
create table etl.params (name text primary key, value text);
insert into etl.params values ('bands', '50;500'), ('precision', '2');
