create schema src; create schema dw; create schema etl;
create table src.s (region text, amt numeric(8,2), d date); insert into src.s values ('EU',1.5,'2024-01-01'),('US',2,'2024-01-01'),('AP',3,null),(null,4,'2024-01-01');
create table dw.s (region text, amt numeric(8,2), d date) partition by list (region);
create table dw.s_eu partition of dw.s for values in ('EU');
create table dw.s_us partition of dw.s for values in ('US');
create table dw.s_other partition of dw.s default;
insert into dw.s values ('EU',100,'2023-12-31'),('XX',1,'2023-12-31');
create table dw.tot (region text primary key, amt numeric, n int);
