create schema src;
create schema dw;
create schema etl;

create table src.n (v int);
insert into src.n values (1), (2), (3), (null);
create table dw.calls (what text, a int, b int, c text);
