create schema src;
create schema dw;
create schema etl;

create table src.w (id int, kg numeric, code text);
insert into src.w values (1, 0.05, 'abc   '), (2, 0.05, 'de'), (3, 0.14, null), (4, 12.25, 'abc'), (5, null, 'x');
create table dw.weights (code text, kg numeric(12,3), n int, len int);
