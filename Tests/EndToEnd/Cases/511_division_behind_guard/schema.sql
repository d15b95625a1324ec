create schema src;
create schema dw;
create schema etl;
create table src.sales (shop text, amount numeric(10, 2), target numeric(10, 2));
create table dw.ratio (shop text primary key, share numeric(8, 4), is_above boolean);
create table etl.log (step text, value numeric(12, 4), at timestamp default now());
insert into dw.ratio values ('old', 1, null);
