-- Deterministic test data: every value is a hash of the row's number. Scale with
--   set sample.scale = '0.1';   (or: alter database .. set sample.scale = '0.1')

insert into raw.stores (store_code, store_name, region_code, opened_on, closed_on, sqm)
select 'S' || lpad(g::text, 4, '0')
     , case when g % 9 = 0 then '  Store ' || g || '   ' else 'Store ' || g end
     , (array['N', 'S', 'E', 'W', 'n ', null, ''])[1 + g % 7]
     , date '2010-01-01' + (hashint8(g) & 2147483647) % 4000
     , case when g % 13 = 0 then date '2024-02-15' end
     , case when g % 11 = 0 then null else ((hashint8(g + 77) & 2147483647) % 40000) / 10.0 end
  from generate_series(1, 40) g;

insert into raw.products (product_id, sku, product_name, category_code, list_price, cost_price, attrs, is_active, updated_at)
select g
     , case when g % 50 = 0 then null
            when g % 17 = 0 then lower('SKU-' || lpad((g - 1)::text, 5, '0')) || '  '   -- a duplicate of the one before
            else 'SKU-' || lpad(g::text, 5, '0') end
     , case g % 23 when 0 then '' when 1 then null else 'Product ' || g || repeat(' deluxe', g % 10) end
     , (array['FOOD', 'food', 'Toys ', 'HOME', 'GARDEN', null, '', 'SPORT'])[1 + (hashint8(g) & 2147483647) % 8]
     , case when g % 31 = 0 then null when g % 37 = 0 then 0 when g % 41 = 0 then -1
            else round(((hashint8(g + 5) & 2147483647) % 20000) / 100.0, 2) end
     , case when g % 29 = 0 then null else ((hashint8(g + 5) & 2147483647) % 20000) / 173.0 end
     , case when g % 19 = 0 then null
            when g % 7 = 0 then '{}'::jsonb
            else jsonb_build_object('colour', (array['red', 'Blue', 'GREEN', null])[1 + g % 4],
                                    'weight', g % 90,
                                    'tags', to_jsonb(array['t' || g % 3, 't' || g % 5])) end
     , g % 14 <> 0
     , timestamptz '2024-01-01 00:00:00+00' + ((hashint8(g + 9) & 2147483647) % 180) * interval '24 hours'
  from generate_series(1, greatest(20, (1200 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int)) g;

insert into raw.customers (customer_no, full_name, email, birth_date, country_code, tier_code, updated_at)
select case when g % 211 = 0 then null
            when g % 12 = 0 then 'C' || lpad((g / 2)::text, 7, '0')        -- sent twice
            else 'C' || lpad(g::text, 7, '0') end || case when g % 10 = 3 then '  ' else '' end
     , case when g % 40 = 0 then '' when g % 41 = 0 then null
            else (array['anna', 'BERND', 'Chloë', 'O''Neil', 'Zoë'])[1 + g % 5] || ' ' || (array['Meier', 'schmidt', 'DUPONT', 'de  Vries'])[1 + g % 4] end
     , case when g % 6 = 0 then null when g % 15 = 0 then 'not-an-email'
            else 'User' || g || '@Example' || g % 4 || '.com' end
     , case when g % 8 = 0 then null when g % 333 = 0 then date '2031-01-01'
            else date '1940-01-01' + (hashint8(g + 3) & 2147483647) % 25000 end
     , (array['DE', 'de', 'FR', 'NLD', '', null, 'AT', 'xx'])[1 + (hashint8(g + 4) & 2147483647) % 8]
     , (array['gold', 'GOLD', 'Silver', 'bronze ', 'none', null, '', 'PLATIN'])[1 + (hashint8(g + 6) & 2147483647) % 8]
     , case when g % 97 = 0 then null
            else timestamptz '2023-06-01 00:00:00+00' + ((hashint8(g + 8) & 2147483647) % 300) * interval '24 hours' end
  from generate_series(1, (6000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into raw.orders (order_id, customer_no, store_code, order_ts, status, currency, note)
select 500000 + g
     , case when g % 101 = 0 then null
            else 'C' || lpad((1 + (hashint8(g) & 2147483647)
                    % greatest(1, (6400 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int))::text, 7, '0') end
     , case when g % 25 = 0 then null else 'S' || lpad((1 + (hashint8(g + 1) & 2147483647) % 40)::text, 4, '0') end
     , case when g % 499 = 0 then null
            when g % 997 = 0 then timestamptz '2031-05-05 12:00:00+00'
            else timestamptz '2024-01-01 00:00:00+00' + ((hashint8(g + 2) & 2147483647) % 126000) * interval '1 minute' end
     , (array['SHIPPED', 'shipped', 'Shipped ', 'open', 'OPEN', 'cancelled', 'X', null, ''])[1 + (hashint8(g + 3) & 2147483647) % 9]
     , (array['EUR', 'EUR', 'EUR', 'USD', 'CHF', 'GBP', 'XXX', null])[1 + (hashint8(g + 4) & 2147483647) % 8]
     , case when g % 60 = 0 then 'please use the {{ blue }} wrap, it''s a gift' when g % 45 = 0 then '' end
  from generate_series(1, (30000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into raw.order_lines (order_id, line_no, product_id, qty, unit_price, discount_pct)
select 500000 + g
     , l
     , case when (hashint8(g * 10 + l) & 2147483647) % 150 = 0 then 999999      -- a product nobody knows
            else 1 + (hashint8(g * 10 + l) & 2147483647)
                    % greatest(20, (1200 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) end
     , case (hashint8(g * 10 + l + 1) & 2147483647) % 60 when 0 then 0 when 1 then -1 when 2 then null
            else 1 + (hashint8(g * 10 + l + 2) & 2147483647) % 5 end
     , case (hashint8(g * 10 + l + 3) & 2147483647) % 80 when 0 then null when 1 then 0
            else ((hashint8(g * 10 + l + 4) & 2147483647) % 2000000) / 10000.0 end
     , case (hashint8(g * 10 + l + 5) & 2147483647) % 4 when 0 then null when 1 then 0
            else ((hashint8(g * 10 + l + 6) & 2147483647) % 3000) / 100.0 end
  from generate_series(1, (30600 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g
       cross join lateral generate_series(1, 1 + (hashint8(g) & 2147483647) % 4) l;

insert into raw.returns (return_id, order_id, line_no, returned_on, qty, reason)
select g
     , 500000 + 1 + (hashint8(g) & 2147483647) % greatest(1, (30000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int)
     , 1 + g % 3
     , case when g % 70 = 0 then null else date '2024-01-10' + (hashint8(g + 1) & 2147483647) % 100 end
     , case when g % 33 = 0 then 0 when g % 34 = 0 then null else 1 + g % 3 end
     , (array['damaged', 'Broken glass', 'too small', 'TOO LARGE', null, '', 'did not like it'])[1 + (hashint8(g + 2) & 2147483647) % 7]
  from generate_series(1, (4000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into raw.fx_rates (currency, rate_date, rate)
select c.currency, d::date, round(c.base + ((hashint8(extract(doy from d)::bigint * 7 + c.n) & 2147483647) % 1000) / 10000.0, 6)
  from (values ('USD', 0.90, 1), ('CHF', 1.02, 2), ('GBP', 1.15, 3)) c (currency, base, n)
 cross join generate_series(timestamp '2023-12-25', timestamp '2024-04-30', interval '1 day') d
 where extract(isodow from d) < 6;           -- banks are closed at the weekend

insert into raw.stock_counts (count_id, store_code, product_id, counted_on, qty)
select g
     , 'S' || lpad((1 + (hashint8(g) & 2147483647) % 40)::text, 4, '0')
     , 1 + (hashint8(g + 1) & 2147483647) % greatest(20, (1250 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int)
     , date '2024-01-01' + (hashint8(g + 2) & 2147483647) % 100
     , case when g % 90 = 0 then null when g % 91 = 0 then -3 else (hashint8(g + 3) & 2147483647) % 60 end
  from generate_series(1, (25000 * coalesce(nullif(current_setting('sample.scale', true), ''), '1')::numeric)::int) g;

insert into raw.promotions (promo_id, category_code, valid_from, valid_to, bonus_pct)
select g
     , (array['FOOD', 'TOYS', 'HOME', 'GARDEN', null])[1 + g % 5]
     , date '2024-01-01' + (hashint8(g) & 2147483647) % 80
     , case when g % 6 = 0 then null else date '2024-01-01' + (hashint8(g) & 2147483647) % 80 + g % 9 end
     , case when g % 10 = 0 then null else (g % 4) * 2.5 end
  from generate_series(1, 60) g;

insert into dw.dim_customer (customer_key, customer_no, full_name, is_inferred)
values (-1, 'UNKNOWN', 'Unknown customer', true);

insert into etl.control (job_name, watermark, last_status)
values ('LOAD_SALES', timestamptz '2024-01-01 00:00:00+00', 'NEW');
