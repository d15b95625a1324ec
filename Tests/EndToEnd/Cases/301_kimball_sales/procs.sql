create or replace function etl.clean_name(p text) returns text language sql immutable as $$
  select nullif(initcap(regexp_replace(btrim(p), '\s+', ' ', 'g')), '')
$$;
create or replace function etl.day_id(p_ts timestamptz, p_tz text default 'Europe/Oslo') returns int language plpgsql stable as $$
begin
  return to_char(p_ts at time zone p_tz, 'YYYYMMDD')::int;
end $$;

create or replace procedure etl.load_customers(p_asof timestamptz) language plpgsql set search_path to etl, dw, src as $$
begin
  -- SCD1 part: name is a correction, applies to all versions
  update dim_customer d set full_name = left(clean_name(c.full_name), 12)
    from customers c
   where c.cust_no = d.cust_no and d.full_name is distinct from left(clean_name(c.full_name), 12);
  -- SCD2: inferred members are completed in place ...
  update dim_customer d
     set city = c.city, segment = coalesce(c.segment, 'X'), inferred = false
    from customers c
   where c.cust_no = d.cust_no and d.is_current and d.inferred;
  -- ... others are closed,
  update dim_customer d set valid_to = p_asof, is_current = false
    from customers c
   where c.cust_no = d.cust_no and d.is_current
     and (c.city, coalesce(c.segment, 'X')) is distinct from (d.city, d.segment::text);
  -- and opened
  insert into dim_customer (cust_no, full_name, city, segment, valid_from)
  select c.cust_no, left(clean_name(c.full_name), 12), c.city, coalesce(c.segment, 'X'), p_asof
    from customers c
   where not exists (select from dim_customer d where d.cust_no = c.cust_no and d.is_current)
   order by c.cust_no;
end $$;

create or replace procedure etl.load_sales(p_asof timestamptz default '2024-02-01 00:00+00', p_full boolean default false)
language plpgsql set search_path to etl, dw, src as $$
declare
  v_low timestamptz;
  v_high timestamptz;
begin
  call load_customers(p_asof);
  select high into v_low from watermark where job = 'sales';
  if p_full or v_low is null then v_low := '-infinity'; end if;

  create temp table if not exists stg_lines (order_id int, line_no int, cust_no varchar(8), ts timestamptz, cur char(3), sku varchar(5), qty int, price numeric(10,3)) on commit drop;
  truncate stg_lines;
  insert into stg_lines
  select o.order_id, l.ord, o.cust_no, o.ordered_at, coalesce(o.currency, 'EUR'), l.e ->> 'sku', (l.e ->> 'qty')::int, (l.e ->> 'price')::numeric
    from orders o cross join lateral jsonb_array_elements(o.lines) with ordinality as l (e, ord)
   where o.ordered_at >= v_low;
  create index on stg_lines (cust_no);
  analyze stg_lines;

  -- late arriving customers get an inferred row
  insert into dim_customer (cust_no, valid_from, inferred)
  select distinct on (s.cust_no) s.cust_no, s.ts, true
    from stg_lines s
   where s.cust_no is not null and not exists (select 1 from dim_customer d where d.cust_no = s.cust_no)
   order by s.cust_no, s.ts, s.order_id, s.line_no;

  insert into fact_sales as f (order_id, line_no, cust_key, day_id, sku, qty, amount_eur)
  select s.order_id, s.line_no, d.cust_key, day_id(s.ts), s.sku, coalesce(s.qty, 0),
         round(s.price * coalesce(s.qty, 0) * fx.rate, 2)
    from stg_lines s
    left join dim_customer d on d.cust_no = s.cust_no and d.is_current
    left join lateral (select r.rate from fx r where r.currency = s.cur and r.day <= (s.ts at time zone 'UTC')::date order by r.day desc limit 1) fx on true
  on conflict (order_id, line_no) do update
     set qty = excluded.qty, amount_eur = excluded.amount_eur, cust_key = coalesce(f.cust_key, excluded.cust_key)
   where (f.qty, f.amount_eur) is distinct from (excluded.qty, excluded.amount_eur) or f.cust_key is null;

  select max(ts) into v_high from stg_lines;
  update watermark set high = greatest(high, v_high) where job = 'sales';
end $$;
