create schema pol;
create schema act;
create type act.cover as enum ('FIRE', 'THEFT', 'WATER');
create table pol.policy (policy_no varchar(10), version smallint, cover act.cover, period daterange not null, premium numeric(10,2), cancelled_on date, primary key (policy_no, version));
insert into pol.policy values ('P1',1,'FIRE','[2024-01-15,2025-01-15)',366,null),('P1',2,'FIRE','[2024-06-01,2025-01-15)',400,null),('P2',1,'WATER','[2024-02-01,2024-02-29]',29,'2024-02-10'),('P3',1,null,'[2024-01-01,2024-01-01)',10,null),('P4',1,'THEFT','[2023-12-31,2024-01-01]',null,null);
create table act.earned (policy_no varchar(10), month date, cover act.cover default 'FIRE', days int, earned numeric(12,2), unearned numeric(12,2), primary key (policy_no, month));
create table act.reserve (month date, cover text, upr numeric(14,2), policies int, avg_days numeric(6,1), primary key (month, cover));
