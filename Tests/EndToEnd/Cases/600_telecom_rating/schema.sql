create schema tel; create schema bil;
create table tel.cdr (cdr_id bigserial primary key, msisdn varchar(15) not null, started timestamptz not null, seconds int, dest varchar(20), roaming boolean default false, rated char(1) default 'N');
insert into tel.cdr (msisdn, started, seconds, dest, roaming, rated) values
('4179000001','2024-03-01 08:00:00+00',61,'4144',false,'N'),('4179000001','2024-03-01 09:00:00+00',0,'4144',false,'N'),
('4179000001','2024-03-02 23:30:00+00',3600,'0033',true,'N'),('4179000002','2024-03-02 10:00:00+00',30,'0900123',false,'N'),
('4179000002','2024-03-02 10:00:00+00',30,'0900123',false,'N'),('4179000003','2024-03-03 11:11:11+00',null,'4144',null,'N'),
('4179000009','2024-03-03 12:00:00+00',100,'9999',false,'N'),('4179000001','2024-03-04 12:00:00+00',1200,'4144',false,'Y'),
('4179000002','2024-03-05 18:00:00+00',59,'41',false,null);
create table tel.subscriber (msisdn varchar(15) primary key, plan varchar(10), free_seconds int not null default 0, activated date);
insert into tel.subscriber values ('4179000001','BASIC',60,'2023-01-01'),('4179000002','GOLD',3600,'2024-01-01'),('4179000003',null,0,'2024-03-01');
create table tel.tariff (prefix varchar(8), plan varchar(10) default '*', per_min numeric(8,4) not null, min_seconds int not null default 1, step int not null default 1, valid_from date not null, valid_to date, primary key (prefix, plan, valid_from));
insert into tel.tariff values ('41','*',0.25,1,1,'2020-01-01',null),('4144','BASIC',0.10,60,30,'2024-01-01','2024-03-03'),('4144','BASIC',0.12,60,60,'2024-03-04',null),('0033','*',0.99,1,60,'2020-01-01',null),('0900','*',4.2300,1,60,'2020-01-01','2024-12-31'),('41','GOLD',0.0,1,1,'2020-01-01',null);
create table bil.rated_call (cdr_id bigint primary key, msisdn varchar(15), day date, billable_seconds int, charge numeric(12,4), tariff_prefix varchar(8), zone text);
create table bil.usage_month (msisdn varchar(15), month date, calls int not null, seconds bigint not null, charge numeric(14,2) not null, first_call timestamptz, last_call timestamptz, primary key (msisdn, month));
create table bil.reject (cdr_id bigint, reason text, rejected_at timestamptz default now());
create table bil.run (run_id serial primary key, proc text, rated int, rejected int, charge numeric(14,2), status varchar(10), ended timestamptz);
insert into bil.usage_month values ('4179000001','2024-02-01',5,500,12.34,'2024-02-01 00:00+00','2024-02-20 10:00+00'),('4179000002','2024-03-01',1,10,1.00,'2024-03-01 07:00+00','2024-03-01 07:00+00');
