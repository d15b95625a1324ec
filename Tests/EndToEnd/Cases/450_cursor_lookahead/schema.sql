create schema src;
create schema dw;
create schema etl;

create table src.account (id int primary key, opening numeric(12,2));
insert into src.account values (1, 100), (2, null), (4, 5.50);
create table src.tx (tx_id int primary key, account_id int, tx_date date, amount numeric(10,2));
insert into src.tx values
    (1, 1, '2024-01-05', -20), (2, 1, '2024-01-05', 7.25), (3, 2, '2024-01-02', null), (4, 2, '2024-02-01', 3),
    (5, 3, '2024-01-09', 11), (6, 1, '2023-12-01', 99), (7, null, '2024-01-03', 1), (8, null, '2024-01-04', 2);
create table dw.ledger (account_id int, seq_no int, tx_id int, balance numeric(12,2), gap_days int);
create table dw.run (what text, n int);
