create procedure m.sync(p_purge boolean default false) language plpgsql as $$
declare n int;
begin
  merge into m.dst d using (select * from m.src where sku is not null) s on s.sku = d.sku
  when matched and (s.price, s.live) is distinct from (d.price, d.live) then update set price = s.price, live = s.live, seen = d.seen + 1
  when not matched by target then insert (sku, price, live) values (s.sku, s.price, s.live)
  when not matched by source and p_purge then delete
  when not matched by source and d.gone_on is null then update set gone_on = date '2024-01-01', live = false;
  get diagnostics n = row_count;
  insert into m.log values (null, n || ' changes', null, null);
  merge into m.dst using m.src on m.src.sku = m.dst.sku and m.src.live
  when not matched by source and m.dst.price > 5 then update set price = 5, seen = m.dst.seen + 10
  when not matched by source then do nothing;
  insert into m.log select sku, 'now', price, price from m.dst where seen >= 10;
end $$;
