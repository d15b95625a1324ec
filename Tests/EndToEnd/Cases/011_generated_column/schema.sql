create schema src;
create schema dw;
create schema etl;

create table src.g (id int, net numeric, rate numeric);
insert into src.g values (1, 100, 0.19), (2, 49.99, 0.07), (3, null, 0.1), (4, 10.005, 0);
create table dw.g (id int primary key, net numeric(10,2), rate numeric(4,2), tax numeric(10,2) generated always as (net * rate) stored, label text generated always as ('#' || id) stored);
create table dw.big (id int, label text, tax numeric);
