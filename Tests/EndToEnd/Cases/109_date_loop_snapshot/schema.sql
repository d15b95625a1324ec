create schema src;
create schema dw;
create schema etl;

create table src.acct (id int, opened date, closed date, bal numeric);
insert into src.acct values (1, '2024-01-01', null, 10), (2, '2024-01-03', '2024-01-05', 20.005), (3, '2024-01-04', '2024-01-04', null);
create table dw.daily (day date, id int, bal numeric(8,2), age int, primary key (day, id));
