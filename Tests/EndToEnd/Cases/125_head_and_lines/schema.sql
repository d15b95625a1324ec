create schema src;
create schema dw;
create schema etl;

create table src.line (doc text, pos int, amount numeric);
insert into src.line values ('d1', 1, 10.005), ('d1', 2, 5), ('d2', 1, null);
create table dw.head (id int generated always as identity primary key, doc text, total numeric(8,2), lines int);
create table dw.line (head_id int references dw.head (id), pos int, amount numeric(8,2), primary key (head_id, pos));
