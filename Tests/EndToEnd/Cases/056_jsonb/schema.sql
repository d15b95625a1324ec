create schema src;
create schema dw;
create schema etl;

create table src.j (id int primary key, doc jsonb);
insert into src.j values (1, '{"a": 1, "tags": ["x", "y"], "n": null}'), (2, '{"a": "2", "tags": []}'), (3, null), (4, '{}'), (5, '{"a": 1.50, "sub": {"k": [10, 20]}, "q": "it''s {{ x }}"}');
create table dw.j (id int, a numeric(6,1), first_tag text, has_n boolean, n_null boolean, k int, doc jsonb);
create table dw.tags (tag text, ids jsonb);
