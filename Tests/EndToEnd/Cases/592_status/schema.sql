create schema app; create schema fact;
create table app.events (ev_id bigint primary key, sub_id int, kind text, at timestamp, val int);
create table fact.sub_state (sub_id int primary key, state text not null, since timestamp, mrr int not null default 0, history text, changes int default 0);
create table fact.intervals (sub_id int, state text, from_at timestamp, to_at timestamp, primary key (sub_id, from_at));
insert into app.events values (1,1,'signup','2024-01-01',10),(2,1,'upgrade','2024-01-05',30),(3,2,'signup','2024-01-02',5),(4,1,'cancel','2024-01-09',null),(5,2,'pause','2024-01-10',null),(6,2,'resume','2024-01-12',null),(7,null,'signup','2024-01-01',1),(8,3,'cancel','2024-01-03',null),(9,1,'signup','2024-02-01',12),(10,2,'noise','2024-02-02',1);
