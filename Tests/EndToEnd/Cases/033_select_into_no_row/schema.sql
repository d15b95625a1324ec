create schema src;
create schema dw;
create schema etl;

create table src.run (id int, day date, n int, who text);
insert into src.run values (1, '2024-01-01', 5, 'x'), (2, '2024-01-02', 7, null), (3, '2024-01-02', 9, 'z');
create table dw.out (day date, n int, who text, total int, note text);
