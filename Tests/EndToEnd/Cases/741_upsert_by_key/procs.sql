create procedure etl.load_items() language plpgsql as $$
begin
  insert into dw.item as i (sku, name, seen)
  select sku, max(name), now() from raw.item group by sku
  on conflict (sku) do update set name = excluded.name, changes = i.changes + 1, seen = excluded.seen;

  insert into dw.price (sku, region, price)
  select sku, region, price from raw.item where region is not null
  on conflict (sku, region) do update set price = excluded.price, changed = dw.price.changed + 1
  where dw.price.price is distinct from excluded.price;

  insert into dw.loose (sku, price) select sku, price from raw.item where sku <> 'a'
  on conflict (sku) do update set price = excluded.price, n = dw.loose.n + 1 where dw.loose.price < excluded.price;
end $$;
