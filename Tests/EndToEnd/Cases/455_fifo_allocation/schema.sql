create schema src;
create schema dw;
create schema etl;

create table src.lot (lot_id int primary key, item text, received date, qty numeric(10,3));
insert into src.lot values
    (1, 'a', '2024-01-02', 5), (2, 'a', '2024-01-01', 2.5), (3, 'b', '2024-01-01', 4), (4, 'a', '2024-01-02', 1), (5, 'b', '2024-01-05', null), (6, 'c', '2024-01-01', 0);
create table src.demand (order_id int primary key, item text, due date, qty numeric(10,3));
insert into src.demand values
    (1, 'a', '2024-02-01', 3), (2, 'a', '2024-02-01', 4), (3, 'b', '2024-02-02', 1.5), (4, 'c', '2024-02-02', 2), (5, null, '2024-02-02', 2),
    (6, 'a', '2024-02-03', 9), (7, 'b', '2024-02-03', null), (8, 'b', '2024-03-03', 1);
create table dw.allocation (day date, order_id int, lot_id int, qty numeric(12,3));
create table dw.stock_left (lot_id int, item text, remaining numeric(12,3));
create table dw.run (what text, n bigint);
