create or replace function dwh.date_key(p date) returns int language sql immutable as $$ select coalesce(to_char(p, 'YYYYMMDD')::int, -1) $$;

CREATE OR REPLACE PROCEDURE dwh.load_star(p_load_date date)
LANGUAGE plpgsql
AS $procedure$
DECLARE
  v_run       bigint;
  v_new       int := 0;
  v_chg       int := 0;
  v_prod      int := 0;
  v_fact      int := 0;
  v_unknown   dwh.dim_customer.customer_key%TYPE;
  c_unknown   CONSTANT text := 'UNKNOWN';
BEGIN
  INSERT INTO dwh.load_run (load_date) VALUES (p_load_date) RETURNING run_id INTO v_run;

  /* ---- unknown members ------------------------------------------- */
  IF NOT EXISTS (SELECT 1 FROM dwh.dim_customer WHERE cust_no = c_unknown) THEN
    INSERT INTO dwh.dim_customer (cust_no, name, valid_from) VALUES (c_unknown, 'n/a', DATE '1900-01-01');
  END IF;
  SELECT customer_key INTO STRICT v_unknown FROM dwh.dim_customer WHERE cust_no = c_unknown AND is_current;

  /* ---- customers: latest row per number --------------------------- */
  DROP TABLE IF EXISTS stg_c;
  CREATE TEMP TABLE stg_c AS
  SELECT * FROM (
    SELECT trim(cust_no) AS cust_no, NULLIF(trim(name), '') AS name, NULLIF(trim(city), '') AS city, COALESCE(segment, 'NONE') AS segment,
           ROW_NUMBER() OVER (PARTITION BY trim(cust_no) ORDER BY changed_at DESC NULLS LAST, name) AS rn
    FROM ods.customer
  ) x WHERE rn = 1;

  -- type 1: name
  UPDATE dwh.dim_customer d SET name = s.name
  FROM stg_c s WHERE s.cust_no = d.cust_no AND d.name IS DISTINCT FROM s.name;

  -- type 2: city and segment
  UPDATE dwh.dim_customer d
  SET valid_to = p_load_date - 1, is_current = false
  FROM stg_c s
  WHERE s.cust_no = d.cust_no AND d.is_current AND d.valid_from < p_load_date
    AND (COALESCE(d.city, '') <> COALESCE(s.city, '') OR d.segment <> s.segment);
  GET DIAGNOSTICS v_chg = ROW_COUNT;

  INSERT INTO dwh.dim_customer (cust_no, name, city, segment, valid_from)
  SELECT s.cust_no, s.name, s.city, s.segment, CASE WHEN EXISTS (SELECT 1 FROM dwh.dim_customer o WHERE o.cust_no = s.cust_no) THEN p_load_date ELSE DATE '2000-01-01' END
  FROM stg_c s
  LEFT JOIN dwh.dim_customer d ON d.cust_no = s.cust_no AND d.is_current
  WHERE d.customer_key IS NULL
  ORDER BY s.cust_no;
  GET DIAGNOSTICS v_new = ROW_COUNT;

  /* ---- products --------------------------------------------------- */
  INSERT INTO dwh.dim_product AS t (prod_no, title, list_price)
  SELECT prod_no, COALESCE(title, '(no title)'), list_price FROM ods.product ORDER BY prod_no
  ON CONFLICT (prod_no) DO UPDATE SET title = EXCLUDED.title, list_price = COALESCE(EXCLUDED.list_price, t.list_price), inferred = false
  WHERE (t.title, t.list_price, t.inferred) IS DISTINCT FROM (EXCLUDED.title, COALESCE(EXCLUDED.list_price, t.list_price), false);
  GET DIAGNOSTICS v_prod = ROW_COUNT;
  -- inferred members for facts that come early
  INSERT INTO dwh.dim_product (prod_no, title, inferred)
  SELECT DISTINCT l.prod_no, '(inferred)', true
  FROM ods.sales_line l WHERE NOT EXISTS (SELECT 1 FROM dwh.dim_product p WHERE p.prod_no = l.prod_no);

  DELETE FROM dwh.bridge_product_cat;
  INSERT INTO dwh.bridge_product_cat
  SELECT d.product_key, c.cat, round(1.0 / count(*) OVER (PARTITION BY d.product_key), 4)
  FROM dwh.dim_product d JOIN ods.product p USING (prod_no)
  CROSS JOIN LATERAL regexp_split_to_table(p.cats, ',') AS c(cat)
  WHERE c.cat <> '';

  /* ---- junk dimension --------------------------------------------- */
  INSERT INTO dwh.dim_flags (channel, gift)
  SELECT DISTINCT COALESCE(channel, '?'), COALESCE(gift, false) FROM ods.sales_order
  EXCEPT SELECT channel, gift FROM dwh.dim_flags;

  /* ---- facts ------------------------------------------------------- */
  DELETE FROM dwh.fact_sales WHERE loaded = p_load_date;
  INSERT INTO dwh.fact_sales
  SELECT l.order_no, l.line_no, COALESCE(c.customer_key, v_unknown), p.product_key, f.flags_key, dwh.date_key(o.ordered),
         l.qty, round(l.qty * COALESCE(l.price, p.list_price), 2), p_load_date
  FROM ods.sales_line l
  JOIN ods.sales_order o ON o.order_no = l.order_no
  LEFT JOIN dwh.dim_customer c ON c.cust_no = trim(o.cust_no) AND COALESCE(o.ordered, p_load_date) BETWEEN c.valid_from AND c.valid_to
  JOIN dwh.dim_product p ON p.prod_no = l.prod_no
  JOIN dwh.dim_flags f ON f.channel = COALESCE(o.channel, '?') AND f.gift = COALESCE(o.gift, false)
  WHERE NOT EXISTS (SELECT 1 FROM dwh.fact_sales x WHERE x.order_no = l.order_no AND x.line_no = l.line_no);
  GET DIAGNOSTICS v_fact = ROW_COUNT;

  MERGE INTO dwh.fact_order_snap t
  USING (
    SELECT o.order_no, o.ordered, o.shipped, count(l.line_no)::int AS n, sum(fs.amount) AS amount
    FROM ods.sales_order o
    LEFT JOIN ods.sales_line l ON l.order_no = o.order_no
    LEFT JOIN dwh.fact_sales fs ON fs.order_no = l.order_no AND fs.line_no = l.line_no
    GROUP BY o.order_no, o.ordered, o.shipped
  ) s ON t.order_no = s.order_no
  WHEN MATCHED AND t.shipped IS NULL AND s.shipped IS NOT NULL THEN
    UPDATE SET shipped = s.shipped, days_to_ship = s.shipped - t.ordered, status = 'SHIPPED', amount = s.amount, n_lines = s.n
  WHEN MATCHED AND t.amount IS DISTINCT FROM s.amount THEN UPDATE SET amount = s.amount, n_lines = s.n
  WHEN NOT MATCHED AND s.ordered IS NOT NULL THEN
    INSERT (order_no, ordered, shipped, days_to_ship, n_lines, amount, status)
    VALUES (s.order_no, s.ordered, s.shipped, s.shipped - s.ordered, s.n, s.amount, CASE WHEN s.shipped IS NULL THEN 'OPEN' ELSE 'SHIPPED' END);

  UPDATE dwh.load_run
  SET ended = clock_timestamp(), n_cust_new = v_new, n_cust_chg = v_chg, n_prod = v_prod, n_fact = v_fact, status = 'OK'
  WHERE run_id = v_run;
  DROP TABLE stg_c;
EXCEPTION
  WHEN OTHERS THEN
    RAISE WARNING 'load_star failed: % (%)', SQLERRM, SQLSTATE;
    RAISE;
END
$procedure$;
