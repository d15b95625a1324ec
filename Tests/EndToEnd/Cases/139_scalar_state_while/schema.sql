create schema src;
create schema dw;
create schema etl;

create table src.loan (amount numeric, n int, rate numeric);
insert into src.loan values (1000, 7, 0.01);
create table dw.plan (no int, interest numeric(8,2), pay numeric(8,2), rest numeric(8,2));
