create schema src;
create schema dw;
create schema etl;

create table src.t (id int, v numeric);
insert into src.t values (1, 1.25), (2, null), (3, 4);
create table dw.t (id int, v numeric(6,1));
