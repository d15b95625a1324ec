create schema src; create schema dw; create schema etl;
create table src.je (id int primary key, posted date, account text, amount numeric(14,2), memo text);
insert into src.je values (1,'2024-01-05','4000',-100,'a'),(2,'2024-01-05','1000',100,'a'),(3,'2024-01-31','5000',30,null),(4,'2024-01-31','1000',-30,null),(5,'2023-12-31','1000',5,'old');
create table src.account (account text primary key, kind text not null, parent text);
insert into src.account values ('1000','asset',null),('4000','income',null),('4100','income','4000'),('5000','expense',null),('3000','equity',null);
create table dw.balance (ym text, account text, opening numeric(14,2) not null, movement numeric(14,2) not null, closing numeric(14,2) not null, primary key (ym, account));
create table dw.period (ym text primary key, status text not null, closed_at timestamptz, n_rows int);
insert into dw.period values ('2024-01','open',null,null),('2024-02','open',null,null);
create table dw.close_log (id serial, ym text, what text, n int, note text);
