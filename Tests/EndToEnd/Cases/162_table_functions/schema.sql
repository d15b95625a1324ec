create schema src;
create schema dw;
create schema etl;

create table src.r (cur text, day date, rate numeric);
insert into src.r values ('USD', '2024-01-01', 0.9), ('USD', '2024-01-03', 0.955), ('CHF', '2024-01-01', 1.05);
create table src.k (id int, code text);
insert into src.k values (1, 'USD'), (2, 'CHF'), (3, 'XXX'), (4, null);
create table dw.s (c text, d date, v numeric);
