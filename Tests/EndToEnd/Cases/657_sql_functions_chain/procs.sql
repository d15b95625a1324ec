create or replace function etl.refresh_facts(p_days int default 30) returns int language sql as $$
  delete from dw.ticket_fact;
  insert into dw.ticket_fact
  select id, round((extract(epoch from closed - opened) / 3600)::numeric, 2), closed - opened <= make_interval(days => p_days),
         case width_bucket(extract(epoch from closed - opened) / 3600, array[0, 8, 24, 72]::double precision[]) when 0 then 'neg' when 1 then 'day' when 2 then 'night' when 3 then 'days' when 4 then 'long' else 'open' end
  from src.ticket where opened is not null;
  select count(*)::int from dw.ticket_fact;
$$;
create or replace function etl.refresh_owners() returns boolean language plpgsql as $$
begin
  if not exists (select 1 from dw.ticket_fact where hours is not null) then return false; end if;
  delete from dw.owner_stat;
  insert into dw.owner_stat
  select coalesce(t.owner, '(none)'), count(*), avg(f.hours), percentile_cont(0.5) within group (order by f.hours), mode() within group (order by t.prio)
  from dw.ticket_fact f join src.ticket t on t.id = f.id group by 1;
  return true;
end $$;
create or replace procedure etl.refresh_all(p_days int default 7) language plpgsql as $$
declare n int; ok boolean;
begin
  n := etl.refresh_facts(p_days => p_days);
  insert into dw.refreshed values ('facts', n, n > 0);
  select etl.refresh_owners() into ok;
  insert into dw.refreshed values ('owners', (select count(*) from dw.owner_stat), ok);
end $$;
