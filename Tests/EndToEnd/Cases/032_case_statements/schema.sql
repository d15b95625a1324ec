create schema src;
create schema dw;
create schema etl;

create table src.t (id int, kind text);
insert into src.t values (1, 'a'), (2, 'b'), (3, null), (4, 'a');
create table dw.t (id int, kind text, via text);
