create schema src;
create schema dw;
create schema etl;

create table dw.job (id int primary key, account text, amount numeric(10,2), priority int, state text, message text);
insert into dw.job values
    (1, 'a', 10, 1, 'new', null), (2, 'b', 500.5, null, 'new', null), (3, 'a', null, 5, 'new', null), (4, 'c', 7, 5, 'done', null),
    (5, 'c', -3.25, 1, 'new', null), (6, 'a', 101, 2, 'new', null);
create table dw.ledger (account text, amount numeric(10,2), job_id int);
create table dw.balance (account text primary key, amount numeric(12,2));
insert into dw.balance values ('a', 1), ('z', 2);
create table dw.run (what text, n bigint);
