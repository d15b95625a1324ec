create schema src;
create schema dw;
create schema etl;

create table src.s (v int);
create table dw.agg (what text, n bigint, total bigint);
