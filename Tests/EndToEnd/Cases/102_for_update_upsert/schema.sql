create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, k text, v int);
insert into src.ev values (1, 'a', 1), (2, 'b', 5), (3, 'a', 10), (4, 'c', null), (5, 'a', 100);
create table dw.k (k text primary key, total int, n int not null default 1, last_id int);
insert into dw.k values ('b', 1000, 7, 0);
