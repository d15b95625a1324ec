create schema src;
create schema web;
create schema etl;
create table src.hits (hit_id int primary key, visitor text, at timestamptz, url text, ref text);
insert into src.hits values (1,'v1','2024-03-30 23:50+00','https://shop.example/p/12?utm_source=mail&x=1',null),(2,'v1','2024-03-31 00:10+00','https://shop.example/cart','https://shop.example/p/12'),(3,'v1','2024-03-31 01:05+00','https://shop.example/p/13',''),(4,'v2','2024-03-31 02:00+00','/p/12?utm_source=Ads',null),(5,null,'2024-03-31 02:00+00','/x',null),(6,'v2','2024-03-31 02:30+00',null,'https://g.example/');
create table web.session (visitor text, seq int, started timestamptz, ended timestamptz, local_day date, hits int, pages text[], source varchar(4), bounce boolean, primary key (visitor, seq));
create table web.page_day (local_day date, page text, hits int, visitors int, rank int, pct numeric(5,1), attr jsonb, primary key (local_day, page));
create table web.funnel (local_day date primary key, s1 int, s2 int, rate numeric(4,3), updated int default 0);
