create schema src;
create schema dw;
create schema etl;

create table src.d (k text, day date, n int);
insert into src.d values ('a', '2024-01-01', 1), ('b', '2024-01-01', null), ('c', '2024-01-02', 3);
create table dw.d (k text, day date, n int, hits int not null default 1, note text default 'new', primary key (k, day));
insert into dw.d values ('a', '2024-01-01', 10, 5, 'old');
create table dw.log (n bigint);
