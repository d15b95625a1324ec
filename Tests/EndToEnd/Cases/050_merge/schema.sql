create schema src;
create schema dw;
create schema etl;

create table src.m (id int, name text, qty int, op char);
insert into src.m values (1, 'one', 5, 'U'), (2, 'two', 0, 'D'), (3, null, 7, 'I'), (4, 'four', null, 'U'), (null, 'none', 1, 'I');
create table dw.m (id int, name varchar(10) default 'dflt', qty int, seen int default 0);
insert into dw.m values (1, 'ONE', 1, 0), (2, 'TWO', 2, 0), (4, 'FOUR', 4, 0), (6, 'SIX', 6, 0);
create table dw.log (n bigint);
