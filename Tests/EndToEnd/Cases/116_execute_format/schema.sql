create schema src;
create schema dw;
create schema etl;

create table src."Sales 2024" (id int, amount numeric);
create table src.sales_2023 (id int, amount numeric);
insert into src."Sales 2024" values (1, 10.005), (2, null);
insert into src.sales_2023 values (7, 5), (8, 6);
create table dw.all_sales (src text, id int, amount numeric(8,2));
