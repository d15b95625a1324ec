create schema src;
create schema dw;
create schema etl;

create table dw.pairs (id int primary key, a int, b int, s int);
insert into dw.pairs values (1, 1, 2, 0), (2, 5, null, 0), (3, null, 3, null), (4, 4, 4, 1);
