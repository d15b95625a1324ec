create schema src;
create schema dw;
create schema etl;

create table src.t (id int, t text);
insert into src.t values (1, 'it''s'), (2, '{{ x }}'), (3, 'a%b'), (4, 'a\b'), (5, ''), (6, null), (7, 'true');
create table dw.t (id int, t text, p text, same boolean);
