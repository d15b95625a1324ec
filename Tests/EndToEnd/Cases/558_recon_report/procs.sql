CREATE OR REPLACE FUNCTION rec.reconcile(p_day date, p_min_age int DEFAULT 0)
RETURNS TABLE (trade_id text, kind varchar, diff numeric(14,4), age int, remark text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_tol numeric := 0;
BEGIN
  SELECT tol INTO v_tol FROM rec.tolerance WHERE field = 'price';

  CREATE TEMP TABLE found_now ON COMMIT DROP AS
  SELECT trade_id, 'MISSING_B'::varchar(12) AS kind, NULL::numeric AS diff FROM (SELECT trade_id FROM a.trade EXCEPT SELECT ref FROM b.trade) x
  UNION ALL
  SELECT ref, 'MISSING_A', NULL FROM b.trade t WHERE NOT EXISTS (SELECT 1 FROM a.trade s WHERE s.trade_id = t.ref)
  UNION ALL
  SELECT trade_id, 'DUPLICATE', count(*) FROM a.trade GROUP BY trade_id HAVING count(*) > 1
  UNION ALL
  SELECT DISTINCT s.trade_id, 'PRICE', s.price - t.px::numeric FROM a.trade s JOIN b.trade t ON t.ref = s.trade_id WHERE abs(s.price - t.px::numeric) > v_tol;

  UPDATE rec.break b SET open = false WHERE b.open AND NOT EXISTS (SELECT 1 FROM found_now f WHERE f.trade_id = b.trade_id AND f.kind = b.kind);
  INSERT INTO rec.break AS b (run_day, trade_id, kind, diff)
  SELECT p_day, f.trade_id, f.kind, f.diff FROM found_now f ORDER BY f.trade_id, f.kind
  ON CONFLICT (trade_id, kind) DO UPDATE SET age = p_day - b.run_day, diff = EXCLUDED.diff, open = true;

  RETURN QUERY
  SELECT b.trade_id, b.kind, b.diff, b.age, CASE WHEN b.age = 0 THEN 'new' ELSE format('%s days', b.age) END
    FROM rec.break b WHERE b.open AND b.age >= p_min_age;
  IF NOT FOUND THEN
    RETURN QUERY SELECT NULL::text, 'OK'::varchar, 0::numeric, 0, 'no breaks'::text;
  END IF;
END $$;
