create schema tel; create schema rep;
create table tel.subs (msisdn text primary key, plan text, started date, ended date);
create table tel.cdr (id bigint primary key, msisdn text, at timestamp, secs int, cost numeric(8,3));
create table rep.scored (msisdn text primary key, score numeric(6,3), bucket smallint, scored_on date);
insert into tel.subs values ('1','A','2023-01-01',null),('2','A','2023-02-01','2024-01-10'),('3','B','2024-01-01',null),('4',null,'2023-05-05',null);
insert into tel.cdr values (1,'1','2024-01-01 10:00',60,1.234),(2,'1','2024-01-01 11:00',null,0.5),(3,'2','2024-01-02',10,9),(4,'1','2023-12-01',600,7),(5,'3','2024-01-03 00:00:01',1,null),(6,'2','2023-12-15',100,1),(7,'x','2024-01-01',5,5);
