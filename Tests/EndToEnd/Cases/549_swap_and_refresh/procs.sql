create or replace procedure mart.rebuild_page_stats(p_keep_days int default 400)
language plpgsql as $$
declare
  v_n bigint;
  v_top text;
begin
  drop table if exists page_stats_new;
  create temp table page_stats_new (like mart.page_stats including defaults);
  insert into page_stats_new
  select page, at::date, count(*), count(distinct user_id), avg(ms)
    from ods.click
   group by page, at::date;
  alter table page_stats_new add column is_kept boolean not null default false;
  alter table page_stats_new alter column hits type bigint;
  -- history that the clicks no longer have
  insert into page_stats_new
  select o.*, true from mart.page_stats o
   where o.day >= date '2024-01-31' - p_keep_days
     and not exists (select 1 from page_stats_new n where n.page = o.page and n.day = o.day);
  create index on page_stats_new (page);
  analyze page_stats_new;

  alter table mart.page_stats drop constraint page_stats_pk;
  truncate mart.page_stats;
  alter table page_stats_new rename column hits to n_hits;
  insert into mart.page_stats (page, day, hits, users, avg_ms) select page, day, n_hits, users, avg_ms from page_stats_new;
  alter table mart.page_stats add constraint page_stats_pk primary key (page, day);

  refresh materialized view mart.mv_top_pages;
  select hits, page into v_n, v_top from mart.mv_top_pages where pos = 1;
  insert into mart.refresh_log (what, n, top) values ('mv_top_pages', v_n, v_top), ('kept', (select count(*) from page_stats_new where is_kept), null);
end $$;
