create schema src; create schema dw; create schema etl;
create table src.doc (doc_id int primary key, body jsonb, received timestamp);
insert into src.doc values (1, '{"id": 1, "name": "Ann", "tags": ["new","vip"], "lines": [{"sku":"a","qty":2,"price":"1.50"},{"sku":"b","qty":null}]}', '2024-01-01'),
 (2, '{"id": 2, "name": null, "tags": [], "lines": []}', '2024-01-02'),
 (3, '{"id": 1, "name": "Ann", "lines": [{"sku":"b","qty":7,"price":3}], "extra": {"a": {"b": [1,2]}}}', '2024-01-03');
create table dw.party (party_id int primary key, name text, n_docs int not null default 0, last_seen timestamp, extra jsonb);
create table dw.party_tag (party_id int, tag text, primary key (party_id, tag));
create table dw.line (party_id int, sku text, qty int, price numeric(8,2), primary key (party_id, sku));
create table dw.watermark (name text primary key, last_id int);
