create or replace procedure inv.take_counts(p_day date, p_reset boolean default false)
language plpgsql as $$
declare
  n int;
begin
  insert into inv.stock as s (loc, sku, qty)
  select c.loc, c.sku, coalesce(c.counted, 0)
    from src.count c
   where c.day = p_day and c.loc is not null
  on conflict (loc, sku) do update
     set qty = excluded.qty
   where s.qty <> excluded.qty or p_reset;
  get diagnostics n = row_count;

  update inv.stock set qty = 0 where p_reset and not exists (select from src.count c where c.loc = stock.loc and c.sku = stock.sku and c.day = p_day);
  if n > 2 then
    update inv.stock set note = upper(note) where note like 'up%';
  end if;
end $$;
