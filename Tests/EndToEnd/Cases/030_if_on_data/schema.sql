create schema src;
create schema dw;
create schema etl;

create table src.batch (id int, state text, n int);
insert into src.batch values (1, 'ready', 5), (2, 'ready', 6);
create table dw.log (msg text, n bigint);
create table dw.batch (id int, n int);
