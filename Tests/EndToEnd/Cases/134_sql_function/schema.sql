create schema src;
create schema dw;
create schema etl;

create table src.r (cur text, day date, rate numeric);
insert into src.r values ('USD', '2024-01-01', 0.9), ('USD', '2024-01-03', 0.95), ('CHF', '2024-01-01', 1.05);
create table src.s (id int, cur text, day date, amount numeric);
insert into src.s values (1, 'USD', '2024-01-02', 100), (2, 'EUR', '2024-01-02', 100), (3, null, '2024-01-02', 1), (4, 'CHF', '2023-12-31', 5), (5, 'USD', null, 7);
create table dw.s (id int, eur numeric(8,2), n int);
