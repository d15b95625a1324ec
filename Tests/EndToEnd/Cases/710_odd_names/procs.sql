create or replace procedure etl_placeholder() language sql as $$ select 1 $$;
drop procedure etl_placeholder();
create schema etl;
CREATE OR REPLACE PROCEDURE etl.odd(p_month date DEFAULT date '2024-01-01') LANGUAGE plpgsql AS $$
DECLARE
  name text := 'loaded by';   -- never used in SQL below but for one qualified place
  v_user text := 'batch';
BEGIN
  DELETE FROM dw.days d WHERE d.date >= p_month;
  INSERT INTO dw.days (date, month, year, value, name, "Order")
  SELECT e.date, EXTRACT(month FROM e.date)::int AS month, EXTRACT(year FROM date)::int, SUM(e.value) AS value,
         MIN(e.name) FILTER (WHERE e.time IS NOT NULL AND "order" > 1), MAX(e."order")
    FROM src."Events" AS e
   WHERE e.date >= p_month AND date IS NOT NULL
   GROUP BY e.date
   ORDER BY value DESC NULLS LAST;

  TRUNCATE dw.zones;
  INSERT INTO dw.zones
  SELECT t.zone, t.type, t.first, FIRST_VALUE(last) OVER (PARTITION BY t.type ORDER BY t.last DESC NULLS LAST, row ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
         RANK() OVER (PARTITION BY type ORDER BY first NULLS LAST, t.row) AS rank, to_char(t.year, 'FM0000')
    FROM src.types t
   WHERE (t.zone IS NULL OR zone <> 'x') AND rows BETWEEN 10 AND t.year;

  UPDATE dw.zones SET first = t.last, year = t.year::text || ' / ' || zones.year
    FROM src.types AS t WHERE t.zone = zones.zone AND t.type = zones.type AND zones.first IS NOT NULL;

  DELETE FROM dw.by_month;
  INSERT INTO dw.by_month (month, n, value, time, "user")
  SELECT date_trunc('month', e.date)::date AS month, COUNT(*) AS n, SUM(value), MIN(e.time) AS time, v_user
    FROM src."Events" e
   WHERE NOT EXISTS (SELECT * FROM src.types WHERE type = e.name)
     AND COALESCE(e.time, TIME '00:00') + INTERVAL '1' MINUTE > TIME '08:30'
   GROUP BY 1
  HAVING COUNT(*) > 0 AND MAX(e."Id") < 100
   ORDER BY month DESC, n;
END $$;
