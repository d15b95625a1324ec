create procedure etl.odd_changes() language plpgsql as $$
begin
  update dw.renumbered r set id = r.id + 100 from raw.chg c where c.code = r.code;
  insert into dw.nullable (code, n) select code, max(n) from raw.chg group by code on conflict (code) do update set n = excluded.n;
  insert into dw.twice (id, n) select id, n from raw.chg on conflict (id) do update set n = excluded.n;
  update dw.twice set hits = hits + 1 where n > 5;
  delete from dw.compared where n > (select avg(n) from dw.compared);
  insert into dw.compared (id, n) select id, n from raw.chg c where not exists (select 1 from dw.compared d where d.id = c.id);
end $$;
