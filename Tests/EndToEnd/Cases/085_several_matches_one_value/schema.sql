create schema src;
create schema dw;
create schema etl;

create table src.flag (id int, flag text);
insert into src.flag values (1, 'x'), (1, 'x'), (2, null), (2, null), (4, 'q');
create table dw.t (id int, flag text, n int default 0);
insert into dw.t (id, flag) values (1, 'a'), (2, 'b'), (3, 'c'), (1, 'd');
create table dw.log (n bigint);
