create schema src;
create schema dw;
create schema etl;

create table src.gone (id int);
insert into src.gone values (1), (null), (7);
create table dw.head (id int primary key, name text);
create table dw.line (id int primary key, head_id int references dw.head (id) on delete cascade, v int);
create table dw.sub (id int primary key, line_id int not null references dw.line (id) on delete cascade);
create table dw.note (id int primary key, head_id int default 3 references dw.head (id) on delete set null);
insert into dw.head values (1, 'one'), (2, 'two'), (3, 'three'), (4, null);
insert into dw.line values (10, 1, 5), (11, 1, 6), (12, 2, 7), (13, null, 8), (14, 3, 9);
insert into dw.sub values (100, 10), (101, 12), (102, 11), (103, 14);
insert into dw.note values (1, 1), (2, 2), (3, null), (4, 3);
create table dw.log (n bigint, lines bigint, subs bigint);
