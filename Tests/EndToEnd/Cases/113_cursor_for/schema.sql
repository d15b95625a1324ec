create schema src;
create schema dw;
create schema etl;

create table src.q (id int primary key, v text);
insert into src.q values (3, 'c'), (1, 'a'), (2, null);
create table dw.q (id int, v text, via text);
