create schema src;
create schema dw;
create schema etl;

create table src.feed (line_no int primary key, code text, qty text, total text, seen text);
insert into src.feed values
    (1, 'a', '2', '10', '2024-01-05'), (2, 'b', 'x', '5', '2024-01-05'), (3, 'c', '0', '7.5', null), (4, null, null, null, ''),
    (5, 'd', '4', '-1', '2024-13-01'), (6, 'e', '5', '12', '2024-02-29');
create table dw.items (line_no int, code text, qty int, unit numeric(10, 2), seen date);
create table dw.rejects (line_no int, state text, reason text, total text);
create table dw.stats (what text, n int);
create table dw.best (code text primary key, score int);
create table dw.scored (code text, score int, label text);
insert into dw.scored values ('a', 0, null), ('b', 0, null), ('z', 0, null);
