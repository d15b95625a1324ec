create schema src;
create schema dw;
create schema etl;

create table src.last (cust int, day date, amount numeric);
insert into src.last values (1, '2024-01-01', 5), (1, '2024-01-03', 6), (2, '2024-01-02', null), (null, '2024-01-09', 1);
create table dw.cust (cust int, last_day date, amount numeric(8,2), n int, x int default 0);
insert into dw.cust values (1, '2000-01-01', 1, 1, 1), (2, '2000-01-01', 2, 2, 2), (3, '2000-01-01', 3, 3, 3), (null, '2000-01-01', 4, 4, 4);
