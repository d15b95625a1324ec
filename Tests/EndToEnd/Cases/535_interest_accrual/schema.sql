create schema core;
create schema fin;
create table core.account (acct_no char(10) primary key, product varchar(8) not null, opened date not null, closed date, ccy char(3) not null default 'EUR');
insert into core.account values ('0000000001','SAV','2023-01-01',null,default),('0000000002','SAV','2024-01-15',null,'USD'),('0000000003','LOAN','2022-05-05','2024-01-20',default),('0000000004','XXX','2023-01-01',null,default);
create table core.txn (txn_id serial primary key, acct_no char(10) not null references core.account, booked date not null, amount numeric(15,2) not null);
insert into core.txn (acct_no, booked, amount) values ('0000000001','2023-06-01',1000),('0000000001','2024-01-10',-250.55),('0000000001','2024-01-10',0.05),('0000000002','2024-01-15',99999999.99),('0000000003','2022-05-05',-5000),('0000000003','2024-01-20',5000),('0000000002','2024-02-01',1);
create table core.rate (product varchar(8), valid_from date, pct numeric(7,5) not null, basis smallint not null default 360 check (basis in (360, 365)), primary key (product, valid_from));
insert into core.rate values ('SAV','2023-01-01',1.25,365),('SAV','2024-01-16',1.5,default),('LOAN','2020-01-01',7.995,360);
create table fin.balance_day (acct_no char(10), day date, balance numeric(15,2) not null, pct numeric(7,5), interest numeric(15,6), primary key (acct_no, day));
create table fin.accrual (acct_no char(10), period char(6), days int not null, interest numeric(15,2), posted boolean not null default false, primary key (acct_no, period));
create table fin.journal (
  journal_id int generated always as identity (start with 1000 increment by 10),
  period char(6) not null, gl varchar(10) not null, side char(1) not null check (side in ('D','C')), amount numeric(15,2) not null, txt text,
  created timestamp default localtimestamp, primary key (journal_id));
