create schema src; create schema dw; create schema etl;
create table src.rule (rule_id int primary key, action text not null, keep interval, country text);
insert into src.rule values (1,'delete','1 year',null),(2,'anon','90 days','DE'),(3,'flag','1 month','FR');
create table dw.person (person_id int primary key, email text, country text, last_seen date, deleted boolean default false, anon_at date);
insert into dw.person values (1,'a@x','DE','2023-01-01',false,null),(2,'b@x','DE','2024-02-01',false,null),(3,'c@x','FR','2024-04-15',false,null),(4,'d@x','CH','2024-05-30',false,null),(5,null,'DE',null,false,null),(6,'f@x',null,'2023-05-31',false,null);
create table dw.purchase (purchase_id int primary key, person_id int references dw.person on delete cascade, amt numeric);
insert into dw.purchase values (1,1,5),(2,2,6),(3,6,7),(4,3,8);
create table dw.retention_log (run date, rule_id int, action text, hits int, dry boolean);
