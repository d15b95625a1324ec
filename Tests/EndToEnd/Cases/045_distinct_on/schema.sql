create schema src;
create schema dw;
create schema etl;

create table src.h (id int, k text, at timestamp, v numeric);
insert into src.h values (1, 'a', '2024-01-01', 1), (2, 'a', '2024-01-02', 2), (3, 'a', '2024-01-02', 3), (4, 'b', null, 4), (5, 'b', '2023-01-01', 5), (6, null, '2024-01-01', 6), (7, null, null, 7);
create table dw.h (k text, at timestamp, v numeric(6,2), id int);
