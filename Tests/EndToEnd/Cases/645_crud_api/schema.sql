create schema src; create schema dw; create schema etl;
create table src.chg (seq int primary key, op text, k text, doc jsonb);
insert into src.chg values (1,'I','k1','{"a": 1, "b": "x"}'),(2,'U','k1','{"a": 2}'),(3,'I','k1','{"a": 3}'),(4,'D','k9',null),(5,'I','k2','{}'),(6,'U','k3','{"a": 1}'),(7,'I',null,'{"a": 1}'),(8,'D','k1',null),(9,'I','k1','{"a": 4}');
create table dw.item (k text primary key, doc jsonb, version int not null default 1, deleted boolean not null default false);
create table dw.item_hist (k text, version int, doc jsonb, op text);
create table dw.apply_err (seq int, err text);
create table dw.applied (upto int);
insert into dw.applied values (0);
