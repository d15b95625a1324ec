create schema src; create schema gl;
create table src.voucher_line (batch int, voucher int, account text, debit numeric(12,2), credit numeric(12,2));
insert into src.voucher_line values (1,1,'1000',100,null),(1,1,'4000',null,100),(1,2,'5000',30,null),(1,2,'1000',null,30),(3,4,'1000',1,null),(3,4,'4000',null,2);
create table src.batch (batch int primary key, d date, kind text); insert into src.batch values (1,'2024-01-10','normal'),(2,'2024-02-10','reversal'),(3,'2024-02-11','normal');
create table gl.control (y int primary key, last_no int not null default 0, locked_until date);
insert into gl.control values (2024, 0, '2023-12-31');
create table gl.entry (entry_no int, y int, line int, d date, account text, amount numeric(12,2), batch int, primary key (y, entry_no, line));
create table gl.balance (account text primary key, balance numeric(14,2) not null default 0, last_entry int);
create table gl.post_log (batch int, status text, entries int, msg text);
