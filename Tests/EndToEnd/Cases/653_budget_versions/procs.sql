create or replace procedure etl.budget(p_year int, p_scenario text default 'BASE') language plpgsql as $$
declare v_scn text := coalesce(p_scenario, 'BASE'); v_tw numeric; v_f numeric;
begin
  v_f := case when v_scn = 'HIGH' then 1.1 when v_scn = 'LOW' then 0.9 else 1 end;
  select sum(w) into v_tw from src.weight;
  delete from dw.bud_month where y = p_year and scenario = v_scn;
  insert into dw.bud_month
  select b.y, w.m, b.dept, b.cost, round(b.amt * v_f * w.w / v_tw, 2), v_scn
  from src.bud b cross join src.weight w
  where b.y = p_year and b.dept is not null
    and b.ver = (select max(x.ver) from src.bud x where x.y = b.y and x.dept = b.dept and x.cost = b.cost);
  -- the rest goes to December
  update dw.bud_month t
     set amt = t.amt + d.rest
    from (select bm.dept, bm.cost, round(max(b.amt) * v_f, 2) - sum(bm.amt) as rest
            from dw.bud_month bm
            join (select distinct on (dept, cost) dept, cost, amt from src.bud where y = p_year order by dept, cost, ver desc) b
              on (b.dept, b.cost) = (bm.dept, bm.cost)
           where bm.y = p_year and bm.scenario = v_scn
           group by bm.dept, bm.cost) d
   where t.y = p_year and t.scenario = v_scn and t.m = 12 and t.dept = d.dept and t.cost = d.cost and d.rest <> 0;
  delete from dw.bud_report where scenario = v_scn;
  insert into dw.bud_report
  select v_scn, coalesce(dept, 'ALL'), coalesce(cost, 'ALL'), sum(amt), 
         round(sum(amt) / nullif(sum(sum(amt)) over (partition by grouping(dept, cost)), 0), 4), grouping(dept, cost)
  from dw.bud_month where y = p_year and scenario = v_scn
  group by rollup (dept, cost);
end $$;
