create schema src;
create schema dw;
create schema etl;

create table src.presence (k text, d date);
insert into src.presence values
    ('a', '2024-01-01'), ('a', '2024-01-02'), ('a', '2024-01-02'), ('a', '2024-01-04'), ('b', '2024-01-03'), ('b', null), (null, '2024-01-01'), (null, '2024-01-02'), (null, '2024-01-03');
create table dw.island (k text, first_day date, days int);
