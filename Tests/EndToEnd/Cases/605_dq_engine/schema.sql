create schema dq; create schema d;
create table d.customer (id int primary key, email text, country char(2), credit numeric(10,2), created date);
insert into d.customer values (1,'a@b.c','DE',100,'2024-01-01'),(2,'nope','XX',-5,'2024-01-02'),(3,null,null,null,null),(4,'d@e.f','US',0,'2030-01-01');
create table d.invoice (id int primary key, customer_id int, total numeric(10,2), lines int, status text);
insert into d.invoice values (1,1,10,1,'open'),(2,9,20,0,'paid'),(3,null,-1,2,'OPEN'),(4,2,null,null,'void'),(5,2,5,1,null);
create table dq.result (run_id int, rule text, tab text, checked bigint, failed bigint, pct numeric(6,2), severity text, primary key (run_id, rule));
create table dq.sample (run_id int, rule text, key text);
create table dq.run (run_id int primary key, at timestamptz default now(), verdict text, failed_rules int);
insert into dq.run (run_id, verdict, failed_rules) values (1,'old',0);
