create schema src;
create schema dw;
create schema etl;

create table src.t (id int, v int);
insert into src.t values (1, 10), (2, 20), (2, 21), (3, null);
create table dw.t (id int, v int);
insert into dw.t values (2, 0), (7, 7);
create table dw.audit (run int, step text, n bigint);
