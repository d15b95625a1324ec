create schema src; create schema dw; create schema etl;
create table src.q (id int primary key, op text not null, k text not null, v int);
insert into src.q values (1,'up','k1',1),(2,'up','k2',2),(3,'del','k1',null),(4,'up','k1',4),(5,'up','k3',null),(6,'bad','k3',3),(7,'up','k2',7);
create table dw.target (k text primary key, v int, version int not null default 1, last_id int);
create table dw.q_state (name text primary key, last_id int not null);
insert into dw.q_state values ('q', 0);
create table dw.batch_log (batch_no int, from_id int, to_id int, ups int, dels int, ignored int);
