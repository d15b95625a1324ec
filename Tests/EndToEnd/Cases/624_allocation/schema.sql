create schema src; create schema dw; create schema etl;
create table src.pool (period int, pool text, amount numeric(12,2), primary key (period, pool));
insert into src.pool values (202401,'IT',1000),(202401,'HR',99.99),(202401,'FAC',0.02),(202401,'NODRV',50);
create table src.driver (pool text, dept text, units numeric);
insert into src.driver values ('IT','A',1),('IT','B',1),('IT','C',1),('HR','A',2),('HR','B',null),('HR','C',5),('FAC','A',1),('FAC','B',1),('FAC','C',1),('HR','A',0);
create table dw.alloc (period int not null, pool text not null, dept text not null, share numeric(9,6), amount numeric(12,2), adj boolean default false, primary key (period, pool, dept));
create table dw.alloc_unassigned (period int, pool text, amount numeric(12,2));
