CREATE OR REPLACE PROCEDURE mart.flatten_orders(p_since timestamptz DEFAULT '-infinity', p_tz text DEFAULT 'Europe/Berlin')
LANGUAGE plpgsql AS
$$
DECLARE
    l_topics text[] := ARRAY['orders/create', 'orders/update'];
BEGIN
    DROP TABLE IF EXISTS pg_temp.latest;
    -- the newest message an order wins
    CREATE TEMP TABLE latest AS
    SELECT DISTINCT ON ((w.body ->> 'id')::bigint)
           (w.body ->> 'id')::bigint AS order_id,
           w.id                      AS source_id,
           w.body
      FROM raw.webhook AS w
     WHERE w.topic = ANY (l_topics)
       AND w.received_at >= p_since
       AND w.body ? 'lines'
     ORDER BY (w.body ->> 'id')::bigint, w.received_at DESC, w.id DESC;

    INSERT INTO mart.orders AS o
           (order_id, email, currency, total, placed_at, placed_day, customer_id, zip, city, tags, lines, source_id)
    SELECT l.order_id,
           lower(l.body ->> 'email'),
           l.body ->> 'currency',
           (l.body ->> 'total')::numeric,
           (l.body ->> 'created_at')::timestamptz,
           ((l.body ->> 'created_at')::timestamptz AT TIME ZONE p_tz)::date,
           (l.body #>> '{customer,id}')::int,
           l.body #>> '{customer,addr,zip}',
           COALESCE(l.body -> 'customer' -> 'addr' ->> 'city', 'unknown'),
           ARRAY(SELECT t FROM jsonb_array_elements_text(COALESCE(l.body -> 'tags', '[]')) AS t ORDER BY t),
           jsonb_array_length(l.body -> 'lines'),
           l.source_id
      FROM latest l
    ON CONFLICT (order_id) DO UPDATE
       SET email      = EXCLUDED.email,
           total      = COALESCE(EXCLUDED.total, o.total),
           city       = EXCLUDED.city,
           tags       = EXCLUDED.tags,
           lines      = EXCLUDED.lines,
           source_id  = EXCLUDED.source_id,
           updated_at = clock_timestamp()
     WHERE o.source_id IS DISTINCT FROM EXCLUDED.source_id;

    DELETE FROM mart.order_lines ol USING latest l WHERE l.order_id = ol.order_id;

    INSERT INTO mart.order_lines (order_id, line_no, sku, qty, price, net)
    SELECT l.order_id, j.n, j.item ->> 'sku', x.qty, x.price,
           x.qty * x.price * (1 - COALESCE((j.item #>> '{discount,pct}')::numeric, 0) / 100)
      FROM latest l
      CROSS JOIN LATERAL jsonb_array_elements(l.body -> 'lines') WITH ORDINALITY AS j (item, n)
      CROSS JOIN LATERAL jsonb_to_record(j.item) AS x (qty numeric, price numeric);

    TRUNCATE TABLE mart.tag_stats;
    INSERT INTO mart.tag_stats (tag, orders, last_order)
    SELECT t.tag, count(*), max(o.order_id) FROM mart.orders o, unnest(o.tags) AS t (tag) GROUP BY t.tag HAVING count(*) > 0;

    DROP TABLE latest;
END;
$$;
