create function aud.mask_text(t text) returns text language sql immutable as $$
  select regexp_replace(regexp_replace(t, '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+', '<mail>', 'g'), '\+?[0-9][0-9 ()-]{3,}[0-9]', '<phone>', 'g')
$$;
create procedure aud.note(p_action text, p_rows bigint, p_details jsonb default '{}') language plpgsql as $$
begin
  insert into aud.log (action, rows_affected, details) values (p_action, p_rows, p_details || jsonb_build_object('v', 2));
end $$;
create procedure crm.anonymize(p_before timestamp, p_keep_days int = 365) language plpgsql as $$
<<main>>
declare
  cutoff constant timestamp := p_before - make_interval(days => p_keep_days);
  n bigint := 0;
  ids int[];
begin
  select array_agg(person_id order by person_id) into ids
    from crm.person where deleted_at < cutoff and not anonymized;
  if ids is null or cardinality(ids) = 0 then
    call aud.note('nothing to do', 0, jsonb_build_object('cutoff', main.cutoff::date));
    return;
  end if;

  insert into aud.kept
  select p.person_id, md5(lower(coalesce(p.email, '')) || '|' || p.person_id), p.country,
         case when p.birth is null then 'unknown'
              when width_bucket(extract(year from age(p_before, p.birth)), 0, 100, 5) between 1 and 5
                then (array['0-19','20-39','40-59','60-79','80-99'])[width_bucket(extract(year from age(p_before, p.birth)), 0, 100, 5)::int]
              else '100+' end
  from crm.person p where p.person_id = any (ids)
  on conflict do nothing;

  update crm.person p
     set first_name = left(first_name, 1) || '.',
         last_name  = null,
         email      = case when email is not null then 'anon' || person_id || '@invalid' end,
         phone      = nullif(repeat('*', greatest(length(regexp_replace(phone, '\D', '', 'g')) - 2, 0)) || right(regexp_replace(phone, '\D', '', 'g'), 2), ''),
         birth      = date_trunc('year', birth),
         tags       = array_remove(tags, 'vip'),
         prefs      = case jsonb_typeof(prefs) when 'object' then prefs - 'history' - 'ads' else prefs end,
         anonymized = true
   where person_id = any (ids);
  get diagnostics n = row_count;
  call aud.note('person', n, jsonb_build_object('ids', to_jsonb(ids)));

  with changed as (
    update crm.orders o set note = aud.mask_text(note), ip = network(set_masklen(ip, 24))
     where person_id = any (ids) and (note is not null or ip is not null) returning o.order_id, o.amount)
  insert into aud.log (action, rows_affected, details)
  select 'orders', count(*), jsonb_build_object('amount', coalesce(sum(amount), 0), 'ids', coalesce(jsonb_agg(order_id order by order_id), '[]'))
  from changed;

  delete from crm.consent c where exists (select 1 from unnest(ids) as x(id) where x.id = c.person_id);
  if found then
    get diagnostics n := row_count;
  end if;
  perform 1 from crm.person where anonymized and email not like 'anon%@invalid';
  if found then
    raise warning 'somebody is left';
  else
    n := (select count(*) from crm.person where anonymized);
    call aud.note(p_action => 'done', p_rows => n);
  end if;
end $$;
