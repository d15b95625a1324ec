create schema src;
create schema dw;
create schema etl;

create table src.orders (id int primary key, status text, opened date, closed date, amount numeric(10,2));
insert into src.orders values
    (1, 'new', '2024-02-27', '2024-03-01', 10), (2, 'new', '2024-02-28', null, null), (3, null, '2024-02-28', '2024-02-29', 5.5),
    (4, 'paid', '2024-03-02', '2024-03-02', 7), (5, 'paid', '2024-03-01', null, 8.25);
create table dw.snapshot (day date, status text, orders bigint, amount numeric(12,2), primary key (day, status));
create table dw.trend (day date, open_orders int, change int);
create table dw.run (what text, n bigint);
