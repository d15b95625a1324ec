create schema d;
create table d.e (id int primary key, day date, ts timestamp, tz timestamptz, i interval, tm time);
insert into d.e values (1,'2024-01-31','2024-01-31 23:59:59.999','2024-03-31 00:30:00+00','1 mon -1 days','23:59:59'),(2,'2024-02-29','2024-02-29 12:00','2024-10-27 01:30:00+00','36:00:00','00:00'),(3,null,null,null,null,null),(4,'2023-12-31','2023-01-01 00:00','2023-12-31 23:30:00+00','1 year 2 mons','12:30'),(5,'2024-12-30','2024-12-30 06:00:00.5','2024-06-15 22:00:00+00','-00:00:01','06:00');
create table d.o (id int, what text, day date, ts timestamp, tz timestamptz, i interval, n numeric, t text, primary key (id, what));
create table d.cal (day date primary key, iso text, q int, is_end boolean, wd smallint, fy int, next_bd date);
create table d.snap (snap date, id int, age_days int, bucket text, primary key (snap, id));
