create schema src;
create schema dw;
create schema etl;

create table src.mv (id int primary key, acct text, at timestamp, amount numeric(8,2));
insert into src.mv values (1, 'a', '2024-01-01 10:00', 10), (2, 'a', '2024-01-01 10:20', -4), (3, 'a', '2024-01-01 12:00', null), (4, 'b', '2024-01-01 09:00', 5), (5, 'b', '2024-01-02 09:00', 5), (6, 'a', '2024-01-01 12:00', 1);
create table dw.mv (id int, balance numeric(8,2), gap interval, session int);
