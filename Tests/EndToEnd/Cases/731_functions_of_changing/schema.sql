create schema ld;
create table ld.acc(id int primary key, parent int, bal numeric(12,2));
create table ld.out(id int primary key, total numeric);
insert into ld.acc values (1,null,10),(2,1,5),(3,2,2.5);
