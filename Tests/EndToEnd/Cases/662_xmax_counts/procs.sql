create procedure etl.mix(p_tz text default 'UTC', p_top int default 2) language plpgsql as $$
declare v_ins bigint; v_upd bigint;
begin
  with src as materialized (
    select usr, (s at time zone p_tz)::date as d, sum(amt) as amt, count(*) as n,
           jsonb_object_agg(id::text, jsonb_set(coalesce(props, '{}'), '{z}', to_jsonb(amt), true)) filter (where jsonb_typeof(coalesce(props, '{}')) = 'object') as props
    from src.ev where s is not null group by 1, 2
  ), up as (
    insert into dw.day as t select usr, d, amt, n, props from src
    on conflict (usr, d) do update set amt = excluded.amt, n = excluded.n, props = coalesce(t.props, '{}') || coalesce(excluded.props, '{}')
    returning (xmax = 0) as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new) into v_ins, v_upd from up;
  insert into dw.run values (v_ins, v_upd);
  truncate dw.top_usr;
  insert into dw.top_usr
  select usr, amt, dense_rank() over (order by amt desc) from (
    select usr, sum(amt) as amt from dw.day group by usr order by sum(amt) desc fetch first p_top rows with ties
  ) q;
  delete from dw.ovl;
  insert into dw.ovl select a.id, b.id from src.ev a join src.ev b on a.id < b.id and (a.s, coalesce(a.e, a.s + interval '1 hour')) overlaps (b.s, coalesce(b.e, b.s + interval '1 hour'));
  delete from dw.win where id in (select id from src.ev);
  insert into dw.win
  select id, sum(amt) over (partition by usr order by s nulls last range between unbounded preceding and unbounded following exclude current row),
         case when usr similar to 'u(1|2)' then translate(initcap(usr), 'U', 'V') || lpad(id::text, 3, '0') else overlay(usr placing 'XX' from 1 for 1) end
  from src.ev;
end $$;
