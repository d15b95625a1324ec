create schema src;
create schema dw;
create schema etl;

create table src.sales (id int, region text, amount numeric);
insert into src.sales values (1, 'n', 10), (2, 's', 20), (3, 'n', null), (4, null, 5);
create table dw.sums (region text, total numeric, share numeric(6,3), run int);
