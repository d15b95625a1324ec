create or replace procedure mdm.match_and_merge()
language plpgsql as $$
declare v_max int;
begin
  create temp table p on commit drop as
  select src, src_id, initcap(trim(nm)) as nm, nullif(lower(trim(mail)), '') as mail, nullif(regexp_replace(tel, '\D', '', 'g'), '') as tel, upd, trust,
         coalesce('m:' || nullif(lower(trim(mail)), ''), 't:' || nullif(regexp_replace(tel, '\D', '', 'g'), ''), 's:' || src || src_id) as match_key
    from crm1.person;
  select coalesce(max(golden_id), 0) into v_max from mdm.golden;

  -- groups that are known keep their id, new ones get the next
  create temp table g on commit drop as
  select k.match_key, coalesce(min(x.golden_id), v_max + dense_rank() over (order by case when min(x.golden_id) is null then k.match_key end nulls last)::int) as golden_id
    from p k left join mdm.xref x using (src, src_id)
   group by k.match_key;

  insert into mdm.xref as x (src, src_id, golden_id, match_rule)
  select p.src, p.src_id, g.golden_id, case left(p.match_key, 1) when 'm' then 'mail' when 't' then 'tel' else 'none' end
    from p join g on g.match_key = p.match_key
  on conflict (src, src_id) do update set golden_id = excluded.golden_id, match_rule = excluded.match_rule
   where x.golden_id <> excluded.golden_id or x.match_rule is distinct from excluded.match_rule;

  update mdm.golden set changed = false where changed;
  with best as (
    select x.golden_id,
           (array_agg(p.nm order by p.trust, p.upd desc nulls last) filter (where p.nm is not null))[1] as nm,
           (array_agg(p.mail order by p.upd desc nulls last, p.trust) filter (where p.mail is not null))[1] as mail,
           (array_agg(p.tel order by length(p.tel) desc, p.trust) filter (where p.tel is not null))[1] as tel,
           array_agg(p.src || ':' || p.src_id order by p.src, p.src_id) as sources
      from p join mdm.xref x using (src, src_id) group by x.golden_id
  )
  merge into mdm.golden t using best s on s.golden_id = t.golden_id
  when matched and (t.nm, t.mail, t.tel, t.sources) is distinct from (s.nm, s.mail, s.tel, s.sources) then
    update set nm = s.nm, mail = s.mail, tel = s.tel, sources = s.sources, changed = true
  when not matched then
    insert (golden_id, nm, mail, tel, sources) values (s.golden_id, s.nm, s.mail, s.tel, s.sources);
  update mdm.golden set completeness = (num_nonnulls(nm, mail, tel) / 3.0)::numeric(4,2);
  delete from mdm.golden t where not exists (select from mdm.xref x where x.golden_id = t.golden_id);
end $$;
