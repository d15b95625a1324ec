create schema src;
create schema dw;
create schema etl;

create table src.t (id int, tpl text);
insert into src.t values (1, '{{ name }}'), (2, '{% if x %}'), (3, '{# note #}'), (4, null);
create table dw.t (id int, txt text, kind text);
