create schema src;
create schema dw;
create schema etl;

create type src.size as enum ('small', 'medium', 'large');
create domain src.pct as numeric(4,1) default 12.5 check (value <= 100);
create table src.e (id int, s text, p numeric);
insert into src.e values (1, 'large', 10.25), (2, 'small', null), (3, null, 99.94), (4, 'MEDIUM', 0);
create table dw.e (id int primary key, s src.size default 'medium', p src.pct, big boolean);
create table dw.s (s src.size, n int, top src.size);
