create schema src;
create schema dw;
create schema etl;

create table src.p (id int, dept text, pay numeric);
insert into src.p values (1, 'it', 100.5), (2, 'it', null), (3, 'hr', 50), (4, null, 70), (5, 'hr', 50);
