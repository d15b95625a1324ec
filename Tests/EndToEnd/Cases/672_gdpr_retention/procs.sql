create procedure etl.retention(p_today date, p_dry boolean default false) language plpgsql as $$
declare r record; n int;
begin
  for r in select * from src.rule order by rule_id loop
    if p_dry then
      select count(*) into n from dw.person p where p.last_seen < p_today - r.keep and (r.country is null or p.country = r.country) and not p.deleted;
    elsif r.action = 'delete' then
      delete from dw.person p where p.last_seen < p_today - r.keep and (r.country is null or p.country = r.country);
      get diagnostics n = row_count;
    elsif r.action = 'anon' then
      update dw.person p set email = md5(p.email), anon_at = p_today
       where p.last_seen < p_today - r.keep and (r.country is null or p.country = r.country) and p.anon_at is null;
      get diagnostics n = row_count;
    else
      update dw.person p set deleted = true where p.last_seen < p_today - r.keep and p.country = r.country and not p.deleted;
      if found then get diagnostics n = row_count; else n := 0; end if;
    end if;
    insert into dw.retention_log values (p_today, r.rule_id, r.action, n, p_dry);
  end loop;
end $$;
