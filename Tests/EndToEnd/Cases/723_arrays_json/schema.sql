create schema crm;
create table crm.rep(rep_id int primary key, name text not null, region text);
create table crm.opportunity(opp_id int primary key, rep_id int references crm.rep, stage text not null, amount numeric(12,2), closed_on date, reason text);
create table crm.activity(act_id int primary key, opp_id int not null, on_day date not null, kind text);
create table crm.digest(day date primary key, n_closed int, ids int[], lost numeric(14,2), by_region jsonb, names text);
create table crm.notify(day date, rep_id int, body text);
insert into crm.rep values (1,'ann','N'),(2,'bob','S'),(3,'cy','N');
insert into crm.opportunity values (1,1,'open',100,null,null),(2,1,'open',50.5,null,null),(3,2,'open',null,null,null),(4,3,'won',70,'2024-05-01',null),(5,null,'open',10,null,null);
insert into crm.activity values (1,1,'2024-06-25','mail'),(2,2,'2024-04-01','call'),(3,3,'2024-05-15','call'),(4,4,'2024-05-01','meet');
