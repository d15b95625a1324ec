create or replace function etl.to_num(p text) returns numeric language plpgsql immutable as $f$
begin
  return replace(nullif(btrim(p), ''), ',', '.')::numeric;
exception when invalid_text_representation then
  return null;
end $f$;
create or replace function etl.to_day(p text) returns date language plpgsql stable as $f$
begin
  if p ~ '^\d{4}-\d{2}-\d{2}$' then return p::date;
  elsif p ~ '^\d{2}\.\d{2}\.\d{4}$' then return to_date(p, 'DD.MM.YYYY'); end if;
  return null;
end $f$;
create or replace procedure etl.load_batch(p_batch int) language plpgsql as $$
declare
  r record; v_cust int; v_prod int; v_ok int := 0; v_bad int := 0; v_day date; v_qty numeric; v_price numeric; v_msg text;
begin
  update etl.batch set status = 'running', started = now() where batch = p_batch and status <> 'done';
  if not found then
    raise notice 'batch % is not there or done', p_batch;
    return;
  end if;
  for r in select * from stg.sale where batch = p_batch order by line loop
    v_msg := null;
    v_day := etl.to_day(r.sold); v_qty := etl.to_num(r.qty); v_price := etl.to_num(r.price);
    if v_day is null then v_msg := concat_ws('; ', v_msg, 'bad day ' || r.sold); end if;
    if v_qty is null or v_qty <> trunc(v_qty) then v_msg := concat_ws('; ', v_msg, 'bad qty'); end if;
    if v_price is null then v_msg := concat_ws('; ', v_msg, 'bad price'); end if;
    if v_msg is not null then
      insert into dw.reject values (r.batch, r.line, v_msg, to_jsonb(r)) on conflict (batch, line) do update set reason = excluded.reason;
      v_bad := v_bad + 1;
      continue;
    end if;
    -- late arriving dimensions: an inferred member
    select customer_sk into v_cust from dw.dim_customer c
     where c.code = coalesce(nullif(r.cust_code, ''), 'N/A') and v_day between c.valid_from and c.valid_to order by valid_from desc limit 1;
    if v_cust is null then
      insert into dw.dim_customer (code, valid_from, inferred) values (r.cust_code, v_day, true) returning customer_sk into v_cust;
    end if;
    select product_sk into v_prod from dw.dim_product where code = r.prod_code;
    if not found then
      insert into dw.dim_product (code) values (r.prod_code) returning product_sk into v_prod;
    end if;
    insert into dw.fact_sale values (r.batch, r.line, v_cust, v_prod, v_day, v_qty::int, v_qty * v_price)
      on conflict (batch, line) do nothing;
    if found then v_ok := v_ok + 1; end if;
  end loop;
  update etl.batch set status = case when v_bad = 0 then 'done' else 'partial' end, loaded = coalesce(loaded, 0) + v_ok, rejected = v_bad, ended = clock_timestamp() where batch = p_batch;
end $$;
