create schema src;
create schema dw;
create schema etl;

create sequence dw.run_seq;
create table src.feed (code text, items text);
insert into src.feed values ('a', 'x,y'), ('b', null), ('c', ''), (null, 'z'), ('a', 'x,y');
create table dw.run (run_id bigint primary key, code text, parts int);
create table dw.part (part_id bigserial, run_id bigint, item text);
