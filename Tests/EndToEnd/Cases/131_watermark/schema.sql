create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, at timestamp, v int);
insert into src.ev values (1, '2024-01-01 10:00', 1), (2, '2024-01-01 11:00', 2), (3, null, 3), (4, '2024-01-02', 4);
create table etl.ctl (job text primary key, hwm timestamp, runs int default 0);
insert into etl.ctl (job, hwm) values ('ev', '2024-01-01 10:00');
create table dw.ev (id int primary key, at timestamp, v int, run int);
create view src.v_new as select e.* from src.ev e where e.at > (select hwm from etl.ctl where job = 'ev');
