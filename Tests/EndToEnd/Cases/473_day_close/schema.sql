create schema src;
create schema dw;
create schema etl;

create table src.account (id int primary key, opened date, closed date, product text);
insert into src.account values (1, '2024-01-01', null, 'a'), (2, '2024-01-03', '2024-01-04', null), (3, '2024-02-01', null, 'a'), (4, '2023-12-01', null, 'b');
create table src.move (id int primary key, account_id int, day date, amount numeric(10,2), kind text);
insert into src.move values
    (1, 1, '2024-01-01', 10, 'in'), (2, 1, '2024-01-02', 15, 'out'), (3, 1, '2024-01-02', 1, 'void'), (4, 1, '2024-01-04', null, 'in'),
    (5, 2, '2024-01-03', 5, 'in'), (6, 2, '2024-01-05', 5, 'out'), (7, 4, '2024-01-02', 3, null), (8, 4, '2024-01-02', 3, 'odd'), (9, 4, '2024-01-03', 2, 'out'), (10, 3, '2024-01-03', 2, 'in');
create table dw.day_balance (account_id int, day date, balance numeric(14,2), movement numeric(14,2), status varchar(12), primary key (account_id, day));
insert into dw.day_balance values (4, '2023-12-30', 1, null, 'ok'), (4, '2024-01-02', 77, null, 'ok');
create table dw.account_close (account_id int primary key, closed_to date, lowest numeric(14,2), days_below int, interest numeric(14,4));
create table dw.close_log (what text, n bigint);
