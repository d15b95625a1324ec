create schema src;
create schema dw;
create schema etl;

create table src.ev (id int, day date);
insert into src.ev values (1, current_date), (2, current_date - 6), (3, current_date - 8), (4, '2001-01-01'), (5, null);
create table dw.ev (id int, ago int, tag text);
