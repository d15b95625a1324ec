create schema src;
create schema dw;
create schema etl;

create table src.p (path text);
insert into src.p values ('C:\dir\new'), ('it''s'), ('a"b'), (null), ('Ünï ☃');
create table dw.p (id int, v text, n int);
