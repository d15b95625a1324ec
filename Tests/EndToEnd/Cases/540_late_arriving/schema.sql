create schema stage;
create schema edw;
create table stage.tx (tx_id bigint, cust_code text, prod_code text, tx_ts timestamptz, qty numeric(10,2), amt numeric(12,2), batch int);
insert into stage.tx values (1,'C1','P1','2024-01-01 04:00+00',1,10,1),(2,'C9','P1','2024-01-02 00:00+00',2,20.005,1),(3,null,'P2','2024-01-02 03:29:59+00',null,5,1),(4,'C1','P9','2024-01-03 12:00+00',1,-3,1),(4,'C1','P9','2024-01-03 12:00+00',1,-3,1),(5,'C8','P8',null,1,1,1),
 (6,'C9','P2','2024-02-01 00:00+00',3,30,2),(1,'C1','P1','2024-01-01 04:00+00',1,11,2);
create table edw.dim_customer (customer_key int generated always as identity primary key, cust_code text unique, name text not null default '(unknown)', inferred boolean not null default false, created timestamptz not null default current_timestamp);
insert into edw.dim_customer (cust_code, name) values ('n/a', 'not given'), ('C1', 'Ann');
create table edw.dim_product (product_key serial primary key, prod_code varchar(10) not null unique, price numeric(10,2), inferred char(1) not null default 'N' check (inferred in ('Y','N')));
insert into edw.dim_product (prod_code, price) values ('P1', 9.99), ('P2', 5);
create table edw.fact_tx (tx_id bigint primary key, customer_key int not null references edw.dim_customer, product_key int not null references edw.dim_product, date_key int, qty numeric(10,2) not null, amt numeric(12,2), list_amt numeric(12,2), batch int, corrected boolean not null default false);
create table edw.batch_ctl (batch int primary key, state varchar(10) not null, rows_in int, rows_new int, rows_fix int, inferred int);
