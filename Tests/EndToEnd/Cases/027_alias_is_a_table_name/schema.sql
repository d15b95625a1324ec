create schema src;
create schema dw;
create schema etl;

create table src.a (id int, v text);
create table src.b (id int, v text);
insert into src.a values (1, 'a1'), (2, 'a2'), (3, null);
insert into src.b values (2, 'b2'), (3, 'b3'), (4, 'b4');
create table dw.a (id int, v text, w text);
create table dw.b (id int, v text);
