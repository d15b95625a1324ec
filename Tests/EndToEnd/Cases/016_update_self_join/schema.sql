create schema src;
create schema dw;
create schema etl;

create table dw.tree (id int primary key, parent int, name text, path text, depth int);
insert into dw.tree values (1, null, 'root', null, 0), (2, 1, 'a', null, null), (3, 2, 'b', null, null), (4, 3, null, 'x', 9), (5, 77, 'orphan', null, null);
