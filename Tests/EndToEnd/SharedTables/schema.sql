-- Three jobs that share an audit log and a dimension, and read each other's tables.
create schema src;
create schema dw;
create schema etl;

create table src.orders (id int primary key, customer text, amount numeric(10,2), day date);
insert into src.orders
select g, 'c' || g % 7, g * 1.5, date '2024-01-01' + g % 5 from generate_series(1, 30) as g;

create table dw.audit_log (job varchar(12) not null, rows_seen bigint, note text);
insert into dw.audit_log values ('old', 1, 'before the first build');

create table dw.dim_customer (code text primary key, status varchar(8) not null, orders int, total numeric(12,2));
insert into dw.dim_customer values ('c1', 'known', 1, 10), ('gone', 'known', 0, 0);

-- Written by `load` alone.
create table dw.order_copy (id int primary key, customer text, amount numeric(10,2), seen_log_rows bigint);
-- Written by `summarise` alone, read by `load` before and by `close_day` behind it.
create table dw.daily_total (day date primary key, total numeric(12,2), runs int not null);
insert into dw.daily_total values (date '2023-12-31', 1, 1);
-- Written by `close_day` alone.
create table dw.snapshot (run int primary key, log_rows bigint, customers bigint, total numeric(14,2));
