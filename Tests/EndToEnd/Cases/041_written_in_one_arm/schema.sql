create schema src;
create schema dw;
create schema etl;

create table src.s (id int, v text);
insert into src.s values (1, 'x'), (2, null);
create table dw.hot (id int, v text);
insert into dw.hot values (9, 'old');
create table dw.cold (id int, v text);
