create schema src;
create schema dw;
create schema etl;

create sequence etl.batch_seq start 100;
create sequence etl.doc_seq;
create table src.docs (doc_no text, party text, amount numeric(10, 2), kind char(1), issued date);
insert into src.docs values
    ('D1', 'x', 10.00, 'I', '2024-01-01'), ('D2', 'y', null, 'C', '2024-01-01'), ('D3', null, 5.55, 'I', null),
    ('D4', 'x', -3.00, 'C', '2024-01-03'), ('D5', 'z', 7.00, null, '2024-01-03');
create table dw.docs (doc_id bigint primary key default nextval('etl.doc_seq'), doc_no text, batch_id bigint not null, party text, signed numeric);
create table dw.batches (batch_id bigint primary key, label text, docs int, previous bigint);
create table dw.links (batch_id bigint, doc_id bigint, note text);
