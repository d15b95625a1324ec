create schema src; create schema dw; create schema etl;
create table src.subs (id int primary key, usr text, plan text, start_d date, end_d date, mrr numeric);
insert into src.subs values (1,'u1','basic','2023-12-01','2024-01-15',10),(2,'u2','pro','2024-01-01',null,30.5),(3,'u3','pro','2024-01-31',null,null),(4,'u4','basic','2024-02-01',null,10),(5,'u2','addon','2024-01-10',null,5);
create table dw.subscription (usr text not null, plan text not null, active boolean, mrr numeric(10,2) not null default 0, last_change date, primary key (usr, plan));
create table dw.mrr_month (month date primary key, total numeric(12,2), users int, new_users int, churned int);
create table dw.run_log (id bigint generated always as identity, run_date date, mode text, rc int, note text);
