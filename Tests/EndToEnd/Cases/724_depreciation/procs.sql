create or replace procedure fa.build_schedule(p_rebuild boolean default false) language plpgsql as $$
declare
  a fa.asset%rowtype;
  v_book numeric(12,2);
  v_dep numeric(12,2);
  v_acc numeric(12,2);
  v_end date;
begin
  if p_rebuild then
    truncate table fa.schedule;
  end if;
  <<assets>>
  for a in select * from fa.asset x where not exists (select from fa.schedule s where s.asset_id = x.asset_id) order by x.asset_id
  loop
    v_book := a.cost;
    v_acc := 0;
    for i in 1 .. a.life_months loop
      v_end := (date_trunc('month', a.in_service) + (i || ' month')::interval - interval '1 day')::date;
      if a.disposed_on is not null and v_end > a.disposed_on then
        continue assets;
      end if;
      if i = a.life_months then
        v_dep := v_book - a.salvage;
      elsif a.method = 'SL' then
        v_dep := (a.cost - a.salvage) / a.life_months;
      else
        v_dep := least(v_book * 2 / a.life_months, v_book - a.salvage);
      end if;
      v_acc := v_acc + v_dep;
      v_book := v_book - v_dep;
      insert into fa.schedule values (a.asset_id, i, v_end, v_dep, v_acc, v_book);
      exit when v_book <= a.salvage;
    end loop;
  end loop assets;

  delete from fa.summary;
  insert into fa.summary select month_end, sum(depreciation), count(*) from fa.schedule group by month_end;
end $$;
