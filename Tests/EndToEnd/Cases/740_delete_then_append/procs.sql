create procedure etl.load_day(p_day date) language plpgsql as $$
declare v_keep int;
begin
  select keep_days into v_keep from raw.setting limit 1;
  if (select is_open from raw.setting limit 1) then
    delete from dw.fact_sale f where f.day = p_day and f."Note" is distinct from '{{ j }}';
    insert into dw.fact_sale (day, sku, qty, amount)
    select s.day, s.sku, sum(s.qty), coalesce(sum(s.qty * s.price), 0) from raw.sale s where s.day = p_day group by s.day, s.sku;
    delete from dw.fact_sale where day < p_day - v_keep or qty < 0;
  end if;
end $$;
