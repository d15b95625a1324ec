create schema landing;
create schema dv;
create table landing.customer_order (
    src_customer_no text, src_order_no text, customer_name text, segment text, order_status text, order_total numeric(14,2),
    load_ts timestamp not null, record_source text not null default 'WEB'
);
insert into landing.customer_order values
 ('c-1 ', 'o-1', 'Ann', 'GOLD', 'NEW', 10, '2024-01-01 00:00', default),
 ('C-1', 'o-2', 'Ann', 'GOLD', 'NEW', 20, '2024-01-01 00:00', default),
 ('c-2', 'o-3', 'Bob', null, 'NEW', null, '2024-01-01 00:00', 'POS'),
 (null, 'o-4', 'Eve', 'SILVER', 'NEW', 1, '2024-01-01 00:00', default),
 ('c-3', 'o-3', 'Cid', '', 'PAID', 5.5, '2024-01-02 00:00', default),
 ('c-1', 'o-1', 'Anne', 'GOLD', 'PAID', 10, '2024-01-02 00:00', default);
create table dv.hub_customer (hk_customer char(32) primary key, customer_no varchar(30) not null, load_ts timestamp not null, record_source varchar(20) not null);
create table dv.hub_order (hk_order char(32) primary key, order_no varchar(30) not null, load_ts timestamp not null, record_source varchar(20) not null);
create table dv.link_customer_order (hk_link char(32) primary key, hk_customer char(32) not null references dv.hub_customer, hk_order char(32) not null references dv.hub_order, load_ts timestamp not null, record_source varchar(20) not null);
create table dv.sat_customer (hk_customer char(32) not null references dv.hub_customer, load_ts timestamp not null, load_end_ts timestamp, hash_diff char(32) not null, name text, segment varchar(10), record_source varchar(20), primary key (hk_customer, load_ts));
create table dv.sat_order (hk_order char(32) not null, load_ts timestamp not null, hash_diff char(32) not null, status varchar(10), total numeric(12,2), record_source varchar(20), primary key (hk_order, load_ts));
create table dv.load_audit (audit_id bigserial primary key, process text not null, load_ts timestamp, rows_hub int, rows_sat int, started timestamptz not null default clock_timestamp(), state text);
