CREATE OR REPLACE PROCEDURE fin.SAY (lvl CHAR, txt VARCHAR) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO fin.msg (lvl, txt) VALUES (SAY.lvl, SUBSTR(SAY.txt, 1, 60)); END $$;

CREATE OR REPLACE PROCEDURE etl.allocate (p_year int = 2024, p_months int = 12, p_strict boolean = false)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = fin, src AS $$
DECLARE
  n_off   int;
  v_total numeric;
  v_txt   text := '';
BEGIN
  DELETE FROM alloc WHERE year = p_year;
  -- spread evenly by weight; every cell rounds
  INSERT INTO alloc (year, month, pool, cc, amount)
  SELECT p.year, g.m, p.pool, d.cc,
         p.amount * d.weight / NULLIF(SUM(d.weight) OVER (PARTITION BY p.pool, g.m), 0) / p_months
    FROM pool p
    JOIN driver d ON d.pool = p.pool AND COALESCE(d.weight, 0) <> 0
    CROSS JOIN generate_series(1, p_months) AS g(m)
   WHERE p.year = p_year AND p.amount IS NOT NULL;

  /* the rounding difference goes to the last month of the biggest cost centre
     (ties: first by name) */
  WITH s AS (
    SELECT pool, SUM(amount) AS spread FROM alloc WHERE year = p_year GROUP BY pool
  ), t AS (
    SELECT DISTINCT ON (a.pool) a.pool, a.cc, a.month
      FROM alloc a WHERE a.year = p_year ORDER BY a.pool, a.amount DESC, a.cc, a.month DESC
  )
  UPDATE alloc a
     SET adj = p.amount - s.spread, amount = a.amount + (p.amount - s.spread)
    FROM s, t, pool p
   WHERE s.pool = a.pool AND t.pool = a.pool AND t.cc = a.cc AND t.month = a.month AND p.pool = a.pool AND p.year = a.year
     AND a.year = p_year AND p.amount <> s.spread;

  TRUNCATE TABLE alloc_check;
  INSERT INTO alloc_check
  SELECT p.year, p.pool, p.amount, a.spread, p.amount - a.spread, COALESCE(p.amount = a.spread, FALSE)
    FROM pool p LEFT JOIN (SELECT year, pool, SUM(amount) spread FROM alloc GROUP BY 1, 2) a ON (a.year, a.pool) = (p.year, p.pool);
  SELECT count(*) FILTER (WHERE NOT ok), sum(spread) INTO n_off, v_total FROM alloc_check WHERE year = p_year;

  IF n_off > 0 AND p_strict THEN
    CALL say('E', 'strict: ' || n_off || ' pools off');
    DELETE FROM alloc WHERE year = p_year AND pool IN (SELECT pool FROM alloc_check WHERE NOT ok);
  ELSIF n_off > 0 THEN
    SELECT string_agg(pool, ',' ORDER BY pool) INTO v_txt FROM alloc_check WHERE year = p_year AND NOT ok;
    CALL say('W', 'off: ' || v_txt);
  END IF;

  INSERT INTO cc_total (year, cc, q, amount, ytd, prev, top_pool)
  SELECT year, cc, q, amount, SUM(amount) OVER w, LAG(amount, 1, 0::numeric) OVER w, top
    FROM (SELECT a.year, a.cc, (a.month + 2) / 3 AS q, SUM(a.amount) AS amount,
                 (SELECT b.pool FROM alloc b WHERE b.year = a.year AND b.cc = a.cc GROUP BY b.pool ORDER BY SUM(b.amount) DESC, b.pool LIMIT 1) AS top
            FROM alloc a WHERE a.year = p_year GROUP BY a.year, a.cc, (a.month + 2) / 3) z
  WINDOW w AS (PARTITION BY year, cc ORDER BY q)
  ON CONFLICT ON CONSTRAINT cc_total_uk DO UPDATE
    SET (amount, ytd, prev, top_pool) = (EXCLUDED.amount, EXCLUDED.ytd, EXCLUDED.prev, EXCLUDED.top_pool);
  DELETE FROM cc_total c WHERE c.year = p_year AND NOT EXISTS (SELECT 1 FROM alloc a WHERE a.year = c.year AND a.cc = c.cc AND (a.month + 2) / 3 = c.q);
  CALL say('I', concat('total ', to_char(v_total, 'FM999990.00'), ' of ', p_year));
END $$;
