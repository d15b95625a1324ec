create schema src;
create schema dw;
create schema etl;

create table src.employee (id int primary key, name text, dept varchar(6), hourly numeric(8,3), hired date, left_on date, contract_hours int);
insert into src.employee values (1, 'Ann', 'OPS', 20.125, '2020-01-01', null, 160), (2, 'Bob', 'ops', 15, '2024-01-15', null, 80), (3, 'Cy', 'HR', null, '2019-05-05', null, null), (4, 'Di', 'IT', 33.333, '2018-01-01', '2024-01-20', 160), (5, 'Eve', null, 12.5, '2024-03-01', null, 40);
create table src.hours (emp int, day date, hours numeric(5,2), kind char(1));
insert into src.hours select e, date '2024-01-01' + d, 6 + (e * d) % 5, case (e + d) % 9 when 0 then 'N' when 1 then 'H' else 'W' end from generate_series(1, 5) e, generate_series(0, 50) d where (e * 7 + d) % 3 <> 0;
insert into src.hours values (1, '2024-01-03', 2, 'W'), (99, '2024-01-04', 8, 'W'), (2, '2024-01-20', null, 'W'), (null, '2024-01-05', 8, 'N');
create table src.correction (emp int, month date, amount numeric, why text);
insert into src.correction values (1, '2024-01-01', 55.555, 'bonus'), (1, '2024-01-01', -5, 'it''s {{ wrong }}'), (3, '2024-01-01', null, null), (2, '2024-02-01', 10, 'x');
create table dw.pay (month date, emp int, name varchar(10), dept char(4) not null default 'NONE', base numeric(10,2) not null default 0, overtime numeric(10,2) not null default 0, extra numeric(10,2) default 0, total numeric(10,2) generated always as (base + overtime + extra) stored, remark text, primary key (month, emp));
create table dw.dept_cost (month date, dept text, cost numeric(12,2), heads int, delta numeric(12,2), rank int);
create table dw.run (month date, phase varchar(12), n int, amount numeric(14,2));
