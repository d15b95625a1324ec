create schema src;
create schema dw;
create schema etl;

create table src.plan (id int primary key, months int, amount numeric(10,2));
insert into src.plan values (1, null, 5), (2, 0, 7), (3, 2, 10);
create table dw.steps (kind text not null, n int not null, amount numeric(10,2));
create table dw.done (kind text not null, rounds int);
