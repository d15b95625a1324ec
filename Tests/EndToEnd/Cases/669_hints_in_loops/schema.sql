create schema src; create schema dw; create schema etl;
create table src.x (id int primary key, k text, v int);
insert into src.x values (1,'a',1),(2,'b',-1),(3,'a',3),(4,null,4);
create table dw.t (k text primary key, v int);
create table dw.log (id int, state text, msg text, det text, hin text, con text, col text, tab text);
