create or replace procedure px.build_prices(p_version int default 1) language plpgsql as $$
declare
  cfg jsonb;
  v_round numeric;
  ch text;
  v_min numeric := 0;
begin
  select doc into cfg from px.config where active order by id limit 1;
  v_round := (cfg->>'round')::numeric;
  v_min := coalesce((cfg->>'min')::numeric, v_min);
  delete from px.price where version = p_version;
  truncate px.price_change;
  for ch in select jsonb_array_elements_text(cfg->'channels') loop
    insert into px.price
    select p.id, p_version, ch,
           greatest(v_min, round(p.cost * coalesce((cfg->'factor'->>p.grp::text)::numeric, 1.1) * (1 + coalesce(t.add, 0)) / v_round) * v_round),
           nullif(concat_ws(', ', case when cfg->'factor' ? p.grp::text then 'group ' || p.grp end, t.why), '')
      from px.product p
      left join lateral (select sum(e.value::text::numeric) as add, string_agg(e.key, '+' order by e.key) as why
                           from jsonb_each(cfg->'tag') e where e.key = any (p.tags)) t on true
     where p.cost is not null
       and not (ch <> 'web' and coalesce((p.attrs->>'web_only')::boolean, false));
  end loop;
  insert into px.price_change
  select n.product_id, n.channel, o.price, n.price, round(100 * (n.price - o.price) / nullif(o.price, 0), 2)
    from px.price n join px.price o on o.product_id = n.product_id and o.channel = n.channel and o.version = n.version - 1
   where n.version = p_version and n.price <> o.price;
end $$;
