create schema src;
create schema dw;
create schema etl;

create table src.s (id int, name text, day date);
insert into src.s values (1, 'it''s', '2024-01-05'), (2, 'plain', '2024-01-02'), (7, null, null), (8, 'x', '2024-01-01'), (11, 'plain', '2024-01-03'), (21, 'plain', '2023-05-05');
create table dw.s (id int, name varchar(10), day date, flag text, half int);
insert into dw.s values (5, 'old', '2024-01-02', null, null), (100, 'old', null, 'x', null);
create table dw.log (what text, n bigint, f boolean);
insert into dw.log values ('first', 0, null);
