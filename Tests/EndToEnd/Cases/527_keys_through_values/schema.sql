create schema src;
create schema dw;
create schema etl;

create sequence etl.load_no start with 500;
-- Numbers were handed out that no table keeps.
select nextval('etl.load_no'), nextval('etl.load_no'), nextval('etl.load_no');
create table src.orders (id int primary key, customer text, amount numeric(10,2));
insert into src.orders values (1, null, 5), (2, 'a', 6), (3, 'b', null), (4, 'a', 8), (5, '', 9);
create table dw.customers (customer_key int generated always as identity primary key, customer text unique);
insert into dw.customers (customer) values ('gone'), ('b');
delete from dw.customers where customer = 'gone';
create table dw.facts (order_id int primary key, customer_key int, load_no bigint, amount numeric(10,2));
create table etl.loads (load_no bigint primary key, status text, orders bigint, started timestamptz);
create table etl.steps (load_no bigint, step int, what text, at timestamptz);
