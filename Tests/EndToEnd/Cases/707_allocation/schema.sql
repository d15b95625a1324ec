create schema gl;
create table gl.cost_pool (pool_id int primary key, period char(7), kind varchar(10), amount numeric(14,2));
create table gl.driver (kind varchar(10), cc varchar(8), weight numeric(10,4), primary key (kind, cc));
create table gl.allocation (period char(7), pool_id int, cc varchar(8), amount numeric(14,2), pct numeric(9,6), is_fixed boolean default false, primary key (pool_id, cc));
create table gl.alloc_error (pool_id int, msg text);
insert into gl.cost_pool values (1,'2024-01','IT',100),(2,'2024-01','RENT',33.34),(3,'2024-01','CAR',5);
insert into gl.driver values ('IT','C1',1),('IT','C2',1),('IT','C3',1),('RENT','C1',0.5),('RENT','C2',2.25),('RENT','C3',null),('CAR','C1',0);
