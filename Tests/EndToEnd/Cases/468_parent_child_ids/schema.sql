create schema stage;
create schema src;
create schema dw;
create schema etl;

create table stage.order_line (batch int, ext_no text, customer text, item text, qty int, price numeric(8,2));
insert into stage.order_line values
    (1, 'E1', 'ann', 'x', 2, 5), (1, 'E1', 'ann', 'y', 1, null), (1, 'E1', 'ann', 'x', 2, 5), (1, 'E2', null, 'x', 1, 1),
    (1, 'E3', 'bob', null, 0, 1), (1, 'E3', 'bob', 'z', null, 1), (1, null, 'ann', 'x', 1, 1), (1, 'E4', 'bob', 'y', 4, 2.5),
    (2, 'E5', 'cy', 'x', 1, 9), (2, 'E5', 'ann', 'x', 1, 9), (2, 'E6', 'dee', 'x', -1, 1), (2, 'E7', 'cy', 'y', 1, 1);
create table dw.customer (id int generated always as identity primary key, name text unique);
insert into dw.customer (name) values ('ann');
create table dw.orders (order_id bigserial primary key, ext_no text, customer_id int, batch int, total numeric(12,2), lines int);
create table dw.line (order_id bigint, line_no int, item text, qty int, price numeric(8,2));
create table dw.reject (batch int, ext_no text, why text);
create table dw.stock (item text primary key, on_hand int);
insert into dw.stock values ('x', 10), ('y', 3), ('w', 1);
create table dw.run (batch int, orders int, bad int);
