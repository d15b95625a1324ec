create schema src; create schema dw; create schema etl;
create table src.price (code text, d date, p numeric);
insert into src.price values ('A','2024-05-01',10),('B','2024-05-01',null),('A','2024-04-30',9),(null,'2024-05-01',1),('B','2024-04-01',5);
create table dw.batch (batch_id uuid primary key, proc text, started timestamptz not null default now(), ended timestamptz, secs numeric, run_by text, n int, status text default 'RUNNING');
create table dw.price (code text not null, d date not null, p numeric(10,4), batch_id uuid references dw.batch, loaded timestamptz default clock_timestamp(), primary key (code, d));
create table dw.batch_msg (batch_id uuid, line_no int, msg text, at timestamp default localtimestamp);
