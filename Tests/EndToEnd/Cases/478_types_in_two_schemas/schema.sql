create schema src;
create schema dw;
create schema etl;

create type src.status as enum ('new', 'paid');
create type dw.status as enum ('open', 'closed', 'void');
create domain dw.money_amount as numeric(10, 2) check (value >= 0);
create table src.bills (id int primary key, state text, amount text, due date);
insert into src.bills values (1, 'open', '10.555', '2024-01-01'), (2, 'void', null, null), (3, null, '0', '2024-05-05'), (4, 'closed', '7', '2024-01-01');
create table dw.bills (id int primary key, state dw.status, amount dw.money_amount, rank_no int);
create table dw.totals (state dw.status, n bigint, total numeric);
