create schema hr; create schema mart;
create table hr.emp (id int primary key, name text not null, boss int, dept text, salary numeric(10,2));
create table mart.org (id int primary key, path text not null, lvl int not null, root int, span int default 0);
create table mart.org_log (at date, levels int, rows int, orphan int);
insert into hr.emp values (1,'Ann',null,'X',100),(2,'Bob',1,'X',50),(3,'Cid',1,'Y',null),(4,'Dee',2,'Y',20),(5,'Eve',9,'Z',10),(6,'Fay',6,'Z',1),(7,'Gus',null,null,7);
