create or replace view etl.v_all as
  select 'crm'::char(3) as src, id, lower(trim(email)) as email, name, phone, upd from src.crm
  union all
  select 'web', id, lower(trim(email)), name, phone, upd from src.web;
create or replace view mdm.v_linked as select p.person_id, p.email, count(x.src) as links from mdm.person p left join mdm.xref x on x.person_id = p.person_id group by p.person_id, p.email;

create or replace procedure etl.golden(p_day date, p_prune boolean default false) language plpgsql as $$
declare
  v_new int;
begin
  drop table if exists cand;
  create temp table cand as
  select email,
         (array_agg(name order by upd desc, src desc) filter (where name is not null))[1] as name,
         (array_agg(nullif(regexp_replace(phone, '[^0-9+]', '', 'g'), '') order by (phone is null or phone = ''), upd desc, src))[1] as phone,
         array_agg(distinct rtrim(src) order by rtrim(src)) as sources,
         count(*) as n
    from etl.v_all where email is not null and email like '%@%' group by email;
  create index cand_i on cand (email); analyze cand;

  insert into mdm.person as p (email, name, phone, sources, score, created)
  select email, left(name, 6), phone, sources, 1 + 0.25 * n + (phone is not null)::int, p_day from cand order by email
  on conflict (email) do update
     set name = coalesce(excluded.name, p.name), phone = coalesce(excluded.phone, p.phone),
         sources = excluded.sources, score = excluded.score, updated = p_day
   where (p.name, p.phone, p.sources) is distinct from (coalesce(excluded.name, p.name), coalesce(excluded.phone, p.phone), excluded.sources);
  get diagnostics v_new = row_count;

  insert into mdm.xref (src, src_id, person_id)
  select a.src, a.id, p.person_id from etl.v_all a join mdm.person p on p.email = a.email
  on conflict (src, src_id) do update set person_id = excluded.person_id where xref.person_id <> excluded.person_id;
  delete from mdm.xref x where not exists (select 1 from etl.v_all a where a.src = x.src and a.id = x.src_id and a.email is not null);
  if p_prune then
    delete from mdm.person p using mdm.v_linked v where v.person_id = p.person_id and v.links = 0;
  end if;

  delete from mdm.dup;
  insert into mdm.dup select email, n, (select string_agg(distinct a.name, ' / ' order by a.name) from etl.v_all a where a.email = c.email) from cand c where n > 1;

  insert into mdm.stat (day, persons, linked, ratio)
  select p_day, count(*), count(*) filter (where links > 0), avg((links > 0)::int) from mdm.v_linked
  on conflict (day) do update set persons = excluded.persons, linked = excluded.linked, ratio = excluded.ratio;
  update mdm.stat s set orphan = s.persons - s.linked where s.day = p_day and v_new >= 0;
end $$;
