create schema src; create schema dw; create schema etl;
create table src.rule (no int primary key, op text, arg int);
insert into src.rule values (1,'add',2),(2,'mul',3),(3,'skip',null),(4,'sub',1),(5,'mul',2),(6,'jump',1);
create table dw.trace (run int, step int, op text, val bigint);
create table dw.final (run int, val bigint, steps int, why text);
