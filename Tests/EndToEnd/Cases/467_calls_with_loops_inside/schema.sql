create schema src;
create schema dw;
create schema etl;

create table src.measure (region text, day date, value numeric(8,2));
insert into src.measure values
    ('n', '2024-01-01', 1.5), ('n', '2024-01-01', 2.5), ('n', '2024-01-03', 2), ('s', '2024-01-02', null), ('s', '2024-01-04', 8), (null, '2024-01-01', 3), ('w', '2023-01-01', 1);
create table dw.filled (region text, day date, value numeric, is_real boolean);
create table dw.log (id int generated always as identity primary key, step text, rows_done bigint, logged_at timestamptz);
