create schema src;
create schema dw;
create schema etl;

create table src.sales (sale_id int, product_id int, qty numeric, revenue numeric(12, 2), sold_on date);
insert into src.sales values
    (1, 1, 2, 20.00, '2024-01-01'), (2, 1, 3, 33.00, '2024-01-02'), (3, 2, 1, 5.00, '2024-01-02'),
    (4, null, 1, null, null), (5, 2, null, 7.00, '2024-01-03');
create table dw.product_margin (product_id int primary key, avg_price numeric(12, 4), loaded_at timestamptz not null default now());
create table dw.daily_price (sold_on date, product_id int, price numeric(12, 4), unique (sold_on, product_id));
create table etl.run_log (
    run_id bigint generated always as identity primary key, proc_name text not null, started_at timestamptz not null default now(),
    finished_at timestamptz, status text not null default 'RUNNING', row_count int, error_state text, error_text text
);
create table etl.control (proc_name text primary key, last_status text, failures int not null default 0);
insert into etl.control values ('etl.p_refresh', 'NEW', 0);
