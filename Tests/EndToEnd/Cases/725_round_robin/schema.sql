create schema lead;
create table lead.agent(agent_id int primary key, name text, on_duty boolean not null);
create table lead.inbound(lead_id int primary key, src text, arrived date, score int);
create table lead.assignment(lead_id int primary key, agent_id int not null, seq int not null, batch int);
create table lead.pointer(id int primary key check (id = 1), last_pos int not null, batches int not null);
insert into lead.agent values (10,'a',true),(20,'b',false),(30,'c',true),(40,'d',true);
insert into lead.inbound values (1,'w','2024-01-01',9),(2,'w','2024-01-01',3),(3,'v','2024-01-02',null),(4,'w','2024-01-02',9),(5,'u','2024-01-03',1);
insert into lead.pointer values (1,0,0);
