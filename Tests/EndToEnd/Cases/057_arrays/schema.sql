create schema src;
create schema dw;
create schema etl;

create table src.a (id int primary key, tags text[], n int);
insert into src.a values (1, '{x,y}', 1), (2, '{}', 2), (3, null, 3), (4, '{y,null}', null), (5, '{z,x,"a b"}', 5);
create table dw.a (id int, tag text, pos int, all_tags text[], hit boolean);
