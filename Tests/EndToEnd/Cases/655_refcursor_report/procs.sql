create or replace function rpt.kpi(p_from date, p_to date) returns table (region text, prod text, amt numeric, pct numeric, rnk bigint, cum numeric) language plpgsql as $$
#variable_conflict use_column
declare v_total numeric; v_n int;
begin
  select count(*), coalesce(sum(o.amt), 0) into v_n, v_total from src.ord o where o.d between p_from and p_to;
  insert into dw.kpi_log values (p_from, p_to, v_n, v_total);
  if v_n = 0 then
    return query select null::text, null::text, 0::numeric, null::numeric, 0::bigint, 0::numeric;
    return;
  end if;
  return query
  with b as (select coalesce(region, '?') as region, coalesce(prod, '?') as prod, sum(amt) as amt from src.ord where d between p_from and p_to group by 1, 2)
  select b.region, b.prod, b.amt, round(100 * b.amt / nullif(v_total, 0), 2), rank() over (order by b.amt desc nulls last),
         sum(b.amt) over (order by b.amt desc nulls last, b.region, b.prod rows unbounded preceding)
  from b;
end $$;
