create schema src;
create schema dw;
create schema etl;

create table src.v (id int, hit int, total int, w numeric);
insert into src.v values (1, 7, 2, 2), (2, -7, 2, 2), (3, 1, 3, null), (4, 5, 0, 1), (5, null, 4, 4);
create table dw.ratio (id int primary key, q int, m int, pct_wrong int, pct numeric(6,2), avg_hit numeric(9,4));
