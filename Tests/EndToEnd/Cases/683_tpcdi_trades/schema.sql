create schema stg; create schema dw;
create table stg.trade (id int, side char(1), acct text, qty int, price numeric(8,2), d date, batch int);
insert into stg.trade values (1,'B','ACC1',100,10,'2024-01-02',1),(2,'S','ACC1',40,11.5,'2024-01-03',1),(3,'B','ACC2',5,20,'2024-01-03',1),(2,'S','ACC1',40,11.5,'2024-01-03',1),(4,'S','ACC1',70,9,'2024-01-05',1);
create table stg.trade_hist (id int, st text, at timestamp, batch int);
insert into stg.trade_hist values (1,'SBMT','2024-01-02 09:00',1),(1,'CMPT','2024-01-02 10:00',1),(2,'SBMT','2024-01-03 09:00',1),(2,'CNCL','2024-01-03 09:30',1),(3,'SBMT','2024-01-03 12:00',1),(4,'SBMT','2024-01-05 12:00',1),(4,'CMPT','2024-01-05 12:01',1);
create table dw.trade (trade_id int primary key, acct text, side char(1), qty int, price numeric(8,2), created timestamp, closed timestamp, status varchar(10), batch int);
create table dw.holding (acct text, trade_id int, prev_qty int, cur_qty int, primary key (acct, trade_id));
create table dw.cash (acct text, d date, delta numeric(12,2), balance numeric(14,2), primary key (acct, d));
create table dw.dup (id int, n int, batch int);
