create schema src;
create schema dw;
create schema etl;

create table src.orders (order_id int primary key, region text, channel text, amount numeric(10, 2), units int, placed_on date);
insert into src.orders values
    (1, 'north', 'web', 10.00, 1, '2024-01-05'), (2, 'south', null, 20.50, null, '2024-01-20'),
    (3, null, 'shop', null, 3, '2024-02-01'), (4, 'north', 'shop', 7.25, 2, null), (5, 'north', 'web', 10.00, 1, '2024-01-05');
create table dw.summary (dimension text, dim_value text, metric text, total numeric, filter_used text);
create table dw.web_orders (order_id int, amount numeric(10, 2));
create table dw.shop_orders (order_id int, amount numeric(10, 2));
create table etl.run_log (line_no int generated always as identity, message text);
