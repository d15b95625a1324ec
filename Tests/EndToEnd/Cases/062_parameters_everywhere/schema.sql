create schema src;
create schema dw;
create schema etl;

create table src.a (day date, v int);
create table src.b (day text, v numeric);
insert into src.a values ('2024-01-01', 1), ('2024-01-02', 2), (null, 3);
insert into src.b values ('2024-01-01', 1.5), ('01.02.2024', 2.5), (null, null);
create table dw.a (day date, v int, who text);
create table dw.b (day date, v numeric(5,1));
create table dw.runs (p_day text, p_factor numeric, p_who text);
