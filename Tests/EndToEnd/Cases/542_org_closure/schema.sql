create schema hr;
create schema bi;
create table hr.unit (unit_id int primary key, parent_id int references hr.unit (unit_id), code varchar(8) not null, head_count int, budget numeric(12,2));
insert into hr.unit values (1,null,'ROOT',1,100),(2,1,'A',5,50.5),(3,1,'B',null,25),(4,2,'A1',3,null),(5,4,'A1x',2,1),(6,6,'SELF',1,1),(9,null,'LONE',0,0);
create table bi.unit_path (ancestor int not null, descendant int not null, depth smallint not null, path text not null, primary key (ancestor, descendant));
create table bi.unit_total (unit_id int primary key, code varchar(8), level_no int, path varchar(60), is_leaf boolean, heads bigint, budget numeric(14,2), children int[], share real);
create view bi.v_roots as select descendant as unit_id from bi.unit_path group by descendant having max(depth) = 0;
