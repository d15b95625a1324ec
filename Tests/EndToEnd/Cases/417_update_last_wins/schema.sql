create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, grp text, n int);
insert into src.ev values (1, 'a', 3), (2, 'b', 1), (3, 'a', null), (4, 'c', -2), (5, 'b', 6);
create table dw.t (grp text, last int, seen int, state text);
insert into dw.t values ('a', 0, 0, 'new'), ('a', 5, 5, null), ('b', null, 0, 'new'), ('d', 1, 1, 'new');
