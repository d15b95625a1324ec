create or replace procedure crm.close_stale(in p_today date, in p_days integer default 30)
as $body$
declare
  v_ids int[];
  v_lost numeric := 0;
  v_regions jsonb := '{}';
  v_names text := '';
  rec record;
  v_id int;
begin
  select array_agg(o.opp_id order by o.opp_id)
    into v_ids
    from crm.opportunity o
   where o.stage = 'open'
     and coalesce((select max(a.on_day) from crm.activity a where a.opp_id = o.opp_id), date '2000-01-01') < p_today - p_days;

  if v_ids is null or array_length(v_ids, 1) = 0 then
     insert into crm.digest(day, n_closed, ids, lost, by_region, names) values (p_today, 0, '{}', 0, null, null)
     on conflict (day) do nothing;
     return;
  end if;

  for rec in
     select coalesce(r.region, '?') as region, count(*) as n, sum(o.amount) as amt, string_agg(distinct r.name, ',' order by r.name) as reps
       from crm.opportunity o left join crm.rep r on r.rep_id = o.rep_id
      where o.opp_id = any(v_ids)
      group by 1
      order by 1
  loop
     v_lost := v_lost + coalesce(rec.amt, 0);
     v_regions := v_regions || jsonb_build_object(rec.region, jsonb_build_object('n', rec.n, 'amt', rec.amt));
     v_names := v_names || case when v_names = '' then '' else ' | ' end || rec.region || ':' || coalesce(rec.reps, '-');
  end loop;

  update crm.opportunity
     set stage = 'lost', closed_on = p_today, reason = 'stale ' || p_days || 'd'
   where opp_id = any (v_ids);

  foreach v_id in array v_ids loop
     insert into crm.notify(day, rep_id, body)
     select p_today, o.rep_id, 'opp ' || v_id || ' closed' from crm.opportunity o where o.opp_id = v_id and o.rep_id is not null;
  end loop;

  insert into crm.digest values (p_today, cardinality(v_ids), v_ids, v_lost, v_regions, v_names)
  on conflict (day) do update
     set n_closed = crm.digest.n_closed + excluded.n_closed,
         ids = crm.digest.ids || excluded.ids,
         lost = crm.digest.lost + excluded.lost,
         by_region = coalesce(crm.digest.by_region, '{}'::jsonb) || excluded.by_region,
         names = concat_ws(' / ', crm.digest.names, excluded.names);
end
$body$ language plpgsql;
