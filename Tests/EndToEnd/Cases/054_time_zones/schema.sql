create schema src;
create schema dw;
create schema etl;

create table src.ev (id int, at timestamptz, local timestamp);
insert into src.ev values (1, '2024-03-31 00:59:59+00', '2024-03-31 02:30:00'), (2, '2024-03-31 01:00:00+00', '2024-10-27 02:30:00'), (3, '2024-06-30 23:30:00+02', null), (4, null, '2024-01-01'), (5, '2023-12-31 23:30:00-05', '2023-12-31 23:59:59.999999');
create table dw.ev (id int, berlin_day date, utc timestamp(0), at timestamptz(3), h int, ep numeric(20,3));
