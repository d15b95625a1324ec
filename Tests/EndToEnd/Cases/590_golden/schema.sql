create schema crm; create schema mdm;
create table crm.people (id int primary key, email text, phone text, name text, updated date);
create table mdm.cluster (id int primary key, cluster_id int not null);
create table mdm.golden (cluster_id int primary key, email text, phone text, name text, members int not null, sources text[]);
create table mdm.runs (n int, rounds int, at timestamptz default now());
insert into crm.people values (1,'A@x','1','Ann','2024-01-01'),(2,'a@X ',null,'Anne','2024-02-01'),(3,null,'1',null,'2023-01-01'),(4,'d@x','4','Dan',null),(5,'e@x','4','Dan E','2024-01-01'),(6,null,null,'Nobody',null),(7,'E@x','1','Bridge','2022-01-01');
