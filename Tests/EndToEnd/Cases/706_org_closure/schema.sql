create schema hr;
create table hr.emp (emp_id int primary key, ename text, manager_id int, salary numeric(8,2));
create table hr.closure (ancestor int, descendant int, depth int, primary key (ancestor, descendant));
create table hr.org_flat (emp_id int primary key, path text, lvl int, reports_direct int default 0, reports_all int default 0, cost_all numeric(12,2), is_leaf boolean);
create table hr.level_stats (lvl int primary key, n int, avg_salary numeric(10,2), running_n bigint);
insert into hr.emp values (1,'Ada',null,5000),(2,'Ben',1,3000),(3,'Cat',1,3100),(4,'Dan',2,2000),(5,'Eve',2,null),(6,'Fay',4,1500),(7,'Gus',99,1000),(8,'Hal',null,10);
