create schema bank;
create schema book;
create table bank.statement_line (acct text, line_no int, booked date, amount numeric(12,2), purpose text, primary key (acct, line_no));
insert into bank.statement_line values ('A',1,'2024-01-02',119.00,'INV 1001 / thanks'),('A',2,'2024-01-03',50,'Invoice:1002,1003'),('A',3,'2024-01-03',-20,'fee'),('A',4,'2024-01-04',10,'inv 1002'),('B',1,'2024-01-04',77.7,null);
create table book.invoice (inv_no int primary key, gross numeric(12,2) not null, open numeric(12,2) not null, paid_on date, state char(1) not null default 'O');
insert into book.invoice values (1001,119,119,null,default),(1002,30,30,null,default),(1003,40,40,null,default),(1004,5,5,null,default);
create table book.allocation (acct text, line_no int, inv_no int references book.invoice, amount numeric(12,2) not null check (amount > 0), primary key (acct, line_no, inv_no));
create table book.suspense (acct text, line_no int, rest numeric(12,2), reason text, primary key (acct, line_no));
