create schema src;
create schema dw;
create schema etl;

create table src.orders (id int primary key, customer text, amount numeric, ordered_on date);
insert into src.orders values (1, 'a', 10.005, '2024-01-01'), (2, null, 3, null), (3, '', -1.994, '2024-01-02'), (4, 'a', null, '2024-01-02');
create table dw.orders (id int primary key, ordered_on date, amount numeric(10,2), customer varchar(10));
insert into dw.orders values (99, '2000-01-01', 1, 'old');
