create function etl.gross(p_net numeric, p_tax text, out o_net numeric, out o_gross numeric, out o_found boolean) language plpgsql stable as $$
declare v_pct numeric;
begin
  select pct into v_pct from src.tax where tax = p_tax;
  o_found := found;
  o_net := round(p_net, 2);
  o_gross := round(p_net * (1 + coalesce(v_pct, 0) / 100), 2);
end $$;
create procedure etl.price_all(p_codes text[] default null) language plpgsql as $$
declare v etl.money_pair; c text; it src.item%rowtype; g record; s int;
begin
  delete from dw.price where p_codes is null or code = any (p_codes);
  foreach c in array coalesce(p_codes, (select array_agg(code order by code) from src.item)) loop
    select * into it from src.item where code = c;
    if not found then
      insert into dw.miss values (c, 'no item');
      continue;
    end if;
    select * into g from etl.gross(it.price, it.tax);
    if not g.o_found then insert into dw.miss values (c, 'no tax ' || coalesce(it.tax, '?')); end if;
    v.net := g.o_net; v.gross := g.o_gross;
    if it.steps is null or cardinality(it.steps) = 0 then
      insert into dw.price values (c, 0, v.net, v.gross, 0);
    else
      insert into dw.price select c, u, v.net * u, v.gross * u, array_length(it.steps, 1) from unnest(it.steps) as u;
    end if;
  end loop;
end $$;
