create schema src;
create schema dw;
create schema etl;

create table src.d (id int, note text);
insert into src.d values (1, 'n1'), (2, null), (3, 'n3');
create table dw.d (id int primary key, note text default 'none', qty int not null default 2 + 3, day date default date '2024-02-28' + 1, tag text default upper('abc'), w numeric(5,1) default 0.25);
