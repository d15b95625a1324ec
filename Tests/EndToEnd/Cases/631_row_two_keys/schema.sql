create schema src; create schema dw; create schema etl;
create table src.member_in (n int primary key, code text, email text, team text, points text);
insert into src.member_in values (1,'M1','a@x','T1','5'),(2,'M2','a@x','T1','5'),(3,'M1','b@x','T2','3'),(4,'M4',null,'T2','1'),(5,'M5',null,'T2','1'),(6,'M6','f@x',null,'1'),(7,'M7','g@x','T1','abc'),(8,'M8','h@x','T5','-4');
create table dw.team (team text primary key, total int not null default 0 check (total >= 0));
create table dw.member (id int generated always as identity primary key, code text not null unique, email text unique, team text not null references dw.team, points int);
create table dw.err (n int, state text, msg text, con text);
