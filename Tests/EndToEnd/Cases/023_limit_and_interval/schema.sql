create schema src;
create schema dw;
create schema etl;

create table src.ev (id int primary key, at timestamp, day date);
insert into src.ev select g, timestamp '2024-02-25 22:30:00' + g * interval '7 hours', date '2024-02-25' + g / 3 from generate_series(1, 24) g;
create table dw.ev (id int, at timestamp, kind text);
