CREATE OR REPLACE PROCEDURE wh.reload_partitions(p_month date DEFAULT '2024-01-01')
LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE wh.orders_eu_2024_01;
  INSERT INTO wh.orders_eu_2024_01 (order_id, region, order_month, amount)
  SELECT order_id, region, order_month, amount FROM raw.orders WHERE region = 'EU' AND order_month = DATE '2024-01-01';

  DELETE FROM wh.orders_us WHERE order_month = p_month;
  INSERT INTO wh.orders (order_id, region, order_month, amount)
  SELECT * FROM raw.orders WHERE (region = 'US' OR region IS NULL) AND order_month = p_month;

  UPDATE wh.orders_other SET amount = amount * 2 WHERE amount < 100;
  TRUNCATE TABLE wh.region_stats;
  INSERT INTO wh.region_stats
  SELECT 'eu', count(*), sum(amount) FROM wh.orders_eu
  UNION ALL SELECT 'us', count(*), sum(amount) FROM wh.orders_us
  UNION ALL SELECT 'rest', count(*), sum(amount) FROM wh.orders_other
  UNION ALL SELECT 'all', count(*), sum(amount) FROM wh.orders;
END $$;
