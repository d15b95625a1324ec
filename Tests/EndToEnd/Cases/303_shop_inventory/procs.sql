create or replace function etl.norm_sku(s text) returns varchar(10) language sql immutable strict as 'select upper(trim(s))';

create or replace procedure etl.sync_products(p_purge boolean, out p_new int, out p_gone int) language plpgsql as $$
begin
  merge into shop.product t
  using (select distinct on (etl.norm_sku(sku)) etl.norm_sku(sku) as sku, btrim(name) as name, string_to_array(nullif(tags, ''), '|') as tags
           from src.catalog_feed order by etl.norm_sku(sku), price desc nulls last, name) f
     on t.sku = f.sku
  when matched and (t.name, t.tags) is not distinct from (f.name, f.tags) and t.active then do nothing
  when matched then update set name = f.name, tags = f.tags, active = true, deleted_at = null
  when not matched then insert (sku, name, tags) values (f.sku, f.name, f.tags);
  get diagnostics p_new = row_count;

  update shop.product p set active = false, deleted_at = timestamp '2024-06-01'
   where p.active and not exists (select 1 from src.catalog_feed f where etl.norm_sku(f.sku) = p.sku);
  get diagnostics p_gone = row_count;
  if p_purge then
    delete from shop.product where not active;   -- stock follows by cascade
  end if;
end $$;

create or replace procedure etl.run_inventory(p_purge boolean default false, p_limit int default null) language plpgsql as $$
declare
  v_from int; v_to int; v_new int; v_gone int; n int := 0;
begin
  call etl.sync_products(p_purge, v_new, v_gone);
  select v_int into strict v_from from etl.ctl where k = 'last_move';
  select coalesce(max(move_id), v_from) into v_to from src.moves where move_id > v_from;

  with m as (
    select etl.norm_sku(sku) as sku, wh, sum(case kind when 'OUT' then -qty else qty end) as delta,
           sum(qty * unit_cost) filter (where kind = 'IN') as bought, max(moved) as last_move
      from src.moves
     where move_id > v_from and move_id <= v_to and wh is not null
     group by 1, 2
  )
  insert into shop.stock as s (sku, wh, on_hand, value, avg_cost, last_move)
  select m.sku, m.wh, greatest(m.delta, 0), coalesce(m.bought, 0), m.bought / nullif(m.delta, 0), m.last_move
    from m join shop.product p on p.sku = m.sku
  on conflict (sku, wh) do update
    set on_hand = greatest(s.on_hand + excluded.on_hand, 0),
        value = s.value + excluded.value,
        avg_cost = (s.value + excluded.value) / nullif(s.on_hand + excluded.on_hand, 0),
        last_move = greatest(s.last_move, excluded.last_move);
  get diagnostics n = row_count;

  insert into shop.shortage (day, sku, wh, missing)
  select max(moved)::date, etl.norm_sku(sku), wh, -sum(case kind when 'OUT' then -qty else qty end)
    from src.moves where move_id between v_from + 1 and v_to and wh is not null
   group by 2, 3
  having sum(case kind when 'OUT' then -qty else qty end) < 0
  on conflict (day, sku, wh) do update set seen = shortage.seen + 1, missing = greatest(shortage.missing, excluded.missing);

  update etl.ctl set v_int = v_to, v_txt = format('new=%s gone=%s stock=%s', v_new, v_gone, n) where k = 'last_move';
  if n > 0 and p_limit is not null then
    delete from shop.stock s using (select sku, wh, row_number() over (order by value desc, sku, wh) as rn from shop.stock) r
     where r.sku = s.sku and r.wh = s.wh and r.rn > p_limit;
  end if;
end $$;
