create schema src;
create schema dw;
create schema etl;

create table src.mv (sku text, place char(2), delta int);
insert into src.mv values ('a', 'N1', 5), ('a', 'N1', -2), ('b', 'N1', null), ('c', 'S1', 7), ('a', 'S1', 1);
create table dw.stock (sku text, place char(2), qty int default 0, low boolean default false, primary key (sku, place));
insert into dw.stock values ('a', 'N1', 1), ('b', 'N1', 4), ('z', 'N1', 2), ('c', 'N1', 9);
