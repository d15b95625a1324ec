create schema ods;
create schema mart;
create table ods.click (user_id int, page text, at timestamp, ms int);
insert into ods.click values (1,'/home','2024-01-01 10:00',100),(1,'/buy','2024-01-01 10:05',250),(2,'/home','2024-01-01 11:00',null),(2,'/home','2024-01-02 00:00',80),(null,'/home','2024-01-01',1);
create table mart.page_stats (page text not null, day date not null, hits int not null, users int, avg_ms numeric(10,2), constraint page_stats_pk primary key (page, day));
insert into mart.page_stats values ('/old','2023-01-01',1,1,1);
create materialized view mart.mv_top_pages as select page, sum(hits) as hits, rank() over (order by sum(hits) desc, page) as pos from mart.page_stats group by page with data;
create unique index mv_top_pages_u on mart.mv_top_pages (page);
create table mart.refresh_log (what text, n bigint, top text, at timestamptz default clock_timestamp());
