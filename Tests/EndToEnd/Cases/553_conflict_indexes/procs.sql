create or replace procedure crm.import_leads(p_min int default 0)
language plpgsql as $$
declare
  v_ins int;
begin
  insert into crm.contact_point as cp (person, email, is_primary)
  select l.person, l.email, l.primary_flag from imp.lead l where coalesce(l.score, 0) >= p_min
  on conflict (person) where is_primary
  do update set email = excluded.email, bounced = cp.bounced + 1
     where cp.email is distinct from excluded.email;
  get diagnostics v_ins = row_count;
  raise notice '% points', v_ins;

  insert into crm.lead as t (email, campaign, score)
  select l.email, l.campaign, coalesce(l.score, -1)
    from imp.lead l
  on conflict (lower(email), coalesce(campaign, '-')) do update
     set score = greatest(t.score, excluded.score), touched = t.touched + 1;

  insert into crm.contact_point (person, email, is_primary)
  select person, 'x', true from imp.lead where person is not null on conflict (person) where is_primary do nothing;
end $$;
