create schema fin; create schema plan;
create table fin.budget (year int, account text, amount numeric(14,2), profile text, primary key (year, account));
create table fin.profiles (profile text, month int, weight numeric, primary key (profile, month));
create table plan.monthly (year int, account text, month int, amount numeric(14,2) not null, primary key (year, account, month));
create table plan.summary (year int, account text, quarter int, amount numeric, grp int);
insert into fin.budget values (2024,'rent',1000,'flat'),(2024,'it',100.01,'ramp'),(2024,'misc',null,'flat'),(2024,'x',50,'nope'),(2023,'rent',1,null);
insert into fin.profiles select 'flat', m, 1 from generate_series(1,12) m; insert into fin.profiles select 'ramp', m, m from generate_series(1,12) m; delete from fin.profiles where profile = 'ramp' and month in (1,2);
