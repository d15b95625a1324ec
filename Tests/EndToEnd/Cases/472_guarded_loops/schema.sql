create schema src;
create schema dw;
create schema etl;

create table src.plan (account int, fee numeric(8,2), name text);
insert into src.plan values (1, 2.5, 'ann'), (2, 1, 'bob'), (2, 4, 'bob2'), (3, null, 'cy'), (4, 1, null);
create table dw.purse (account int primary key, amount numeric(10,2));
insert into dw.purse values (1, 3), (2, 4.5), (3, 1), (5, null);
create table dw.refused (account int, amount numeric);
create table dw.note (who text, what text);
