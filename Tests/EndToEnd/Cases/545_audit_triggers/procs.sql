CREATE OR REPLACE PROCEDURE sales.load_prices(p_day date DEFAULT DATE '2024-01-31')
LANGUAGE plpgsql AS $$
DECLARE
  v_cnt integer;
BEGIN
  CREATE TEMP TABLE latest ON COMMIT DROP AS
    SELECT DISTINCT ON (sku) sku, list_price, remove FROM feed.price WHERE valid_from <= p_day ORDER BY sku, valid_from DESC;
  UPDATE sales.price p
     SET list_price = l.list_price
    FROM latest l
   WHERE upper(l.sku) = p.sku AND NOT l.remove;
  GET DIAGNOSTICS v_cnt = ROW_COUNT;
  RAISE NOTICE '% changed', v_cnt;

  INSERT INTO sales.price (sku, list_price)
  SELECT DISTINCT ON (f.sku) f.sku, f.list_price
    FROM feed.price f
   WHERE f.valid_from <= p_day AND NOT f.remove
     AND NOT EXISTS (SELECT 1 FROM sales.price p WHERE p.sku = upper(f.sku))
   ORDER BY f.sku, f.valid_from DESC;

  DELETE FROM sales.price p USING feed.price f WHERE upper(f.sku) = p.sku AND f.remove AND f.valid_from <= p_day;
END;
$$;
