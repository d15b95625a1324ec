create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, code text);
insert into src.ev values (1, 'a'), (2, 'b'), (3, 'a'), (4, null);
create table dw.t (code text, n int);
insert into dw.t values ('a', 1);
create table dw.log (id int, what text);
