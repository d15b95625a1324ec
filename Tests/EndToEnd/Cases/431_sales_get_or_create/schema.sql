create schema src;
create schema dw;
create schema etl;

create table src.sale (
    sale_id   integer primary key,
    sold_at   timestamp,
    product   text,
    store     text,
    region    text,
    qty       numeric,
    price     numeric
);
insert into src.sale values
    (1, '2024-05-01 10:00', 'apple', 'S1', 'north', 2, 1.255),
    (2, '2024-05-01 11:30', 'pear', 'S1', 'north', 1, 3),
    (3, '2024-05-02 09:15', 'apple', 'S2', 'south', null, 1.2),
    (4, '2024-05-02 12:00', null, 'S2', 'south', 4, 2),
    (5, '2024-05-03 08:45', 'plum', null, null, 1, 0.335),
    (6, '2024-05-03 08:45', 'apple', 'S1', 'west', 3, 1.1),
    (7, null, 'fig', 'S3', 'south', 5, 7);

create sequence dw.product_seq start 100;
create table dw.dim_product (
    product_key bigint primary key default nextval('dw.product_seq'),
    product     text not null unique,
    first_seen  date,
    sales       integer not null default 0
);
create table dw.dim_store (
    store_key integer generated always as identity primary key,
    store     text not null,
    region    text,
    moved     integer not null default 0,
    constraint store_uk unique (store)
);
create table dw.fact_sale (
    sale_id     integer primary key,
    product_key bigint references dw.dim_product,
    store_key   integer references dw.dim_store,
    day         date,
    qty         numeric(10,2) not null,
    amount      numeric(12,2)
);
create table etl.reject (sale_id integer, reason text, at timestamptz default clock_timestamp());
create table etl.run (run_id integer, proc text, read_ integer default 0, written integer default 0, rejected integer default 0, made text, state text default 'running');
