create schema src;
create schema dw;
create schema etl;

create table src.s (id int, t text, u text);
insert into src.s values (1, '', null), (2, null, ''), (3, ' ', 'x'), (4, 'x', 'x'), (5, '', ''), (6, null, null);
create table dw.s (id int, cat text, ws text, eq boolean, dist boolean, len int, back text);
