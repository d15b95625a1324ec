create schema src;
create schema dw;
create schema etl;

create table src.d (id int, a date, b date, n int);
insert into src.d values (1, '2024-01-31', '2024-02-29', 1), (2, '2024-02-29', null, 12), (3, '2023-12-31', 'infinity', -1), (4, null, '2024-01-01', 3), (5, '2024-03-31', '2024-03-31', null);
create table dw.d (id int, days int, plus date, plus_m timestamp, back date, months int, txt text, q text);
