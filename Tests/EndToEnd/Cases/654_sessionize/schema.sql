create schema src; create schema dw; create schema etl;
create table src.hit (id int primary key, usr text, at timestamp, url text, src text);
insert into src.hit values (1,'u1','2024-01-01 10:00','/a','ads'),(2,'u1','2024-01-01 10:05','/b',null),(3,'u1','2024-01-01 11:00','/a','mail'),(4,'u2','2024-01-01 10:00','/a',null),(5,'u2','2024-01-01 10:00','/c',null),(6,null,'2024-01-01 10:00','/a',null),(7,'u1','2024-01-01 11:29:59','/c',null);
create table dw.session (usr text, no int, started timestamp, ended timestamp, hits int, entry text, exit_url text, channel text, primary key (usr, no));
create table dw.usr (usr text primary key, sessions int, urls text[], channels jsonb, first_seen timestamp);
create table dw.check_log (what text, n bigint);
