create procedure etl.touch_all(p_wipe boolean default false) language plpgsql as $$
declare r record; n int;
begin
  if p_wipe then truncate dw.t; end if;
  insert into dw.t (k, v) select k, sum(v) from src.n where k = 'nothing' group by k;
  insert into dw.t (k, v) select k, sum(v) from src.n s where k is not null and not exists (select 1 from dw.t x where x.k = s.k) group by k;
  update dw.t set touched = touched + 1;
  update dw.t set v = v + 1 where k = 'a';
  get diagnostics n = row_count;
  if p_wipe is not null and n > 0 then
    delete from dw.t where v is null;
  end if;
  for r in select k, max(v) as m from src.n group by k order by k loop
    update dw.t set v = v + r.m where k = r.k;
  end loop;
end $$;
