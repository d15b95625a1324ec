create schema src;
create schema dw;
create schema etl;

create table dw.t (n int, code text);
