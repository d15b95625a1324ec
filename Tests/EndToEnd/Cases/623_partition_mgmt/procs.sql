create or replace procedure etl.ensure_partition(p_month date) language plpgsql as $$
declare
  v_from date := date_trunc('month', p_month)::date;
  v_to date := (date_trunc('month', p_month) + interval '1 month')::date;
  v_name text := 'ev_' || to_char(v_from, 'YYYY_MM');
begin
  if not exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'dw' and c.relname = v_name) then
    execute format('create table dw.%I partition of dw.ev for values from (%L) to (%L)', v_name, v_from, v_to);
  end if;
end $$;
create or replace procedure etl.load_events(p_month date) language plpgsql as $$
declare v_from date; v_to date; n bigint;
begin
  v_from := date_trunc('month', p_month); v_to := v_from + interval '1 month';
  call etl.ensure_partition(p_month);
  delete from dw.ev where at >= v_from and at < v_to;
  insert into dw.ev select id, at, kind, val from src.ev where at >= v_from and at < v_to;
  get diagnostics n = row_count;
  insert into dw.ev_stats as s
  select v_from, n, coalesce(sum(val), 0), array_agg(distinct kind order by kind) from dw.ev where at >= v_from and at < v_to
  on conflict (month) do update set n = excluded.n, total = excluded.total, kinds = excluded.kinds
  where (s.n, s.total) is distinct from (excluded.n, excluded.total);
end $$;
