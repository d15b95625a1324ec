create schema src;
create schema dw;
create schema etl;

create table src.doc (id int, tags text[]);
insert into src.doc values (1, array['a', null, 'b']), (2, null), (2, '{}'), (2, array['z']), (3, array['q']);
create table dw.pairs (k text, v text);
