create schema raw;
create schema mart;
create table raw.webhook (
    id          bigserial primary key,
    received_at timestamptz not null default now(),
    topic       text not null,
    body        jsonb not null
);
insert into raw.webhook (topic, received_at, body) values
 ('orders/create', '2024-02-29 23:59:59+00', '{"id": 1001, "email": "A@x.io", "currency": "EUR", "total": "19.90", "tags": ["vip", "web"], "created_at": "2024-03-01T01:30:00+02:00", "customer": {"id": 7, "addr": {"zip": "01234", "city": "Köln"}}, "lines": [{"sku": "A-1", "qty": 2, "price": 5.45}, {"sku": "B-2", "qty": 1, "price": 9.00, "discount": {"pct": 10}}]}'),
 ('orders/create', '2024-03-01 00:00:01+00', '{"id": 1002, "email": null, "currency": "USD", "total": null, "tags": [], "created_at": "2024-02-29T22:00:00Z", "customer": null, "lines": []}'),
 ('orders/update', '2024-03-01 08:00:00+00', '{"id": 1001, "email": "a@x.io", "currency": "EUR", "total": "10.90", "tags": ["web"], "created_at": "2024-03-01T01:30:00+02:00", "customer": {"id": 7, "addr": {"zip": "01234", "city": null}}, "lines": [{"sku": "A-1", "qty": 2, "price": 5.45}]}'),
 ('products/update', '2024-03-01 09:00:00+00', '{"id": 5}'),
 ('orders/create', '2024-03-02 10:00:00+00', '{"id": 1003, "currency": "JPY", "total": "1500", "created_at": "2024-03-02T19:00:00+09:00", "customer": {"id": 8}, "lines": [{"sku": "A-1", "qty": null, "price": 700}, {"sku": null, "qty": 1, "price": 800}, {"sku": "A-1", "qty": 1, "price": 700}]}');
create table mart.orders (
    order_id   bigint primary key,
    email      varchar(80),
    currency   char(3) not null,
    total      numeric(12,2),
    placed_at  timestamptz,
    placed_day date,
    customer_id int,
    zip        varchar(10),
    city       varchar(40) default 'unknown',
    tags       text[] not null default '{}',
    lines      int not null default 0,
    source_id  bigint,
    updated_at timestamptz not null default now()
);
create table mart.order_lines (
    order_id bigint not null references mart.orders (order_id) on delete cascade,
    line_no  smallint not null,
    sku      varchar(20),
    qty      numeric(10,3),
    price    numeric(12,4),
    net      numeric(12,2),
    primary key (order_id, line_no)
);
create table mart.tag_stats (tag text primary key, orders int not null, last_order bigint);
