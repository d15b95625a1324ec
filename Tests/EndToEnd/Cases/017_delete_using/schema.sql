create schema src;
create schema dw;
create schema etl;

create table src.dead (id int, why text);
insert into src.dead values (1, 'a'), (1, 'b'), (null, 'c'), (3, 'keep'), (8, null);
create table dw.t (id int, v text);
insert into dw.t values (1, 'x'), (1, 'x'), (2, 'y'), (3, 'z'), (null, 'n'), (8, 'q');
create table dw.n (step text, n bigint);
