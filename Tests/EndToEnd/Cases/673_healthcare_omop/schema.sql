create schema src; create schema cdm;
create table src.claim (id int primary key, pid text, d1 date, d2 date, code text, cost numeric(10,2));
insert into src.claim values (1,'p1','2024-01-01','2024-01-03','C1',10),(2,'p1','2024-01-04','2024-01-06','C2',20.5),(3,'p1','2024-01-15',null,'C1',5),(4,'p2','2024-01-01','2024-01-01','CX',1),(5,null,'2024-01-01','2024-01-02','C1',2),(6,'p3','2024-01-05','2024-01-09',null,null),(7,'p3','2024-01-06','2024-01-07','C2',3),(8,'p2','2024-01-02','2024-01-02','C1',4);
create table src.concept_map (code text, concept int, prio int); insert into src.concept_map values ('C1',101,1),('C1',102,2),('C2',201,null);
create table cdm.visit (visit_id int primary key, pid text not null, d1 date not null, d2 date not null, n_claims int, cost numeric(12,2));
create table cdm.condition (cond_id bigint generated always as identity, visit_id int, concept int not null, d date, src_code text);
create table cdm.era (pid text, concept int, d1 date, d2 date, n int);
create table cdm.step (step int, name text, stats jsonb, at timestamptz default now());
