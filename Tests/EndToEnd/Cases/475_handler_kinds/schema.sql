create schema src;
create schema dw;
create schema etl;

create table src.payments (id int, acct text, amount text, units int, paid_on text);
insert into src.payments values
    (1, 'A-1', '10.50', 2, '2024-01-31'), (2, 'A-2', ' 7 ', 1, '2024-02-29'), (3, null, null, null, null),
    (4, 'A-1', '-3', 4, ' 2024-03-01 ');
create table dw.accounts (acct text primary key);
insert into dw.accounts values ('A-1'), ('A-2');
create table dw.payments (
    id int primary key, acct text references dw.accounts (acct), amount numeric(10, 2) check (amount > -100),
    per_unit numeric(12, 4), paid_on date, note varchar(12) not null default 'loaded'
);
create table dw.load_log (step text, state text, message text, rows_done int);
