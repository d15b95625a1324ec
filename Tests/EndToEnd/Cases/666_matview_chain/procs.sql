create procedure etl.rebuild(p_full boolean default false) language plpgsql as $$
declare v_take int; v_id int;
begin
  select coalesce(max(taken), 0) + 10 into v_take from dw.snap;
  if p_full then truncate dw.visit; end if;
  for v_id in select id from src.visit s where not exists (select 1 from dw.visit v where v.id = s.id) order by id loop
    insert into dw.visit (id, pat, d, cost, no)
    select s.id, s.pat, s.d, s.cost, 1 + (select count(*) from dw.visit v where v.pat = s.pat) from src.visit s where s.id = v_id;
  end loop;
  refresh materialized view dw.mv_month;
  insert into dw.snap select v_take, s.pat, s.last_d, s.total, m.n from dw.v_sum s left join dw.mv_month m on m.m = date_trunc('month', s.last_d)::date;
  update dw.visit set cost = 0 where cost is null;
  insert into dw.snap select v_take + 1, s.pat, s.last_d, s.total, (select max(n) from dw.mv_month) from dw.v_sum s where s.total <> 30;
end $$;
