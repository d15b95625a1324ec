create schema src;
create schema dw;
create schema etl;

create table dw.t (id int primary key, v int, n int default 0);
insert into dw.t values (1, 5), (2, null), (3, -1), (4, 5);
