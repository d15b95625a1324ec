create schema src;
create schema dw;
create schema etl;

create table src.keep (id int);
insert into src.keep values (1), (2), (null), (2);
create table src.items (id int, name text);
insert into src.items values (1, 'one'), (7, 'seven'), (null, 'none'), (7, 'seven');
create table dw.items (id int, name text, flag boolean default false);
insert into dw.items (id, name) values (1, 'a'), (2, 'b'), (3, 'c'), (null, 'n');
