create schema src;
create schema dw;
create schema etl;

create table src.s (name text);
insert into src.s values ('a');
create table dw.h (id int generated always as identity primary key, name text, n int not null default 3);
create table dw.l (h_name text, n int, gone text);
