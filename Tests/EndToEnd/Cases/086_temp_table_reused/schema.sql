create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v numeric);
insert into src.s values (1, 1.5), (2, null);
create table dw.out (a text, b numeric(8,1));
create table dw.tmp (a text);
insert into dw.tmp values ('lasting');
