CREATE OR REPLACE FUNCTION etl.load_subscriptions(p_run_date date, p_mode varchar DEFAULT 'INCR')
RETURNS integer AS
$func$
DECLARE
  v_month  date := date_trunc('month', p_run_date);
  v_ins int; v_upd int; v_total numeric := 0;
  v_prev record;
BEGIN
  IF p_run_date IS NULL THEN
     INSERT INTO dw.run_log(run_date, mode, rc, note) VALUES (NULL, p_mode, 1, 'no date');
     RETURN 1;
  ELSIF upper(p_mode) NOT IN ('INCR','FULL') THEN
     INSERT INTO dw.run_log(run_date, mode, rc, note) VALUES (p_run_date, p_mode, 2, format('mode %s is not known', p_mode));
     RETURN 2;
  END IF;

  IF upper(p_mode) = 'FULL' THEN
     DELETE FROM dw.subscription;
  END IF;

  WITH cur AS (
    SELECT usr, plan, bool_or(end_d IS NULL OR end_d > p_run_date) AS active,
           sum(CASE WHEN end_d IS NULL OR end_d > p_run_date THEN coalesce(mrr, 0) ELSE 0 END) AS mrr,
           max(greatest(start_d, coalesce(end_d, start_d))) AS chg
      FROM src.subs
     WHERE start_d <= p_run_date /* future ones wait */ AND usr IS NOT NULL
     GROUP BY usr, plan
  ), upd AS (
    UPDATE dw.subscription s SET active = c.active, mrr = c.mrr, last_change = c.chg
      FROM cur c WHERE c.usr = s.usr AND c.plan = s.plan AND (s.active, s.mrr) IS DISTINCT FROM (c.active, c.mrr)
    RETURNING s.usr
  ), ins AS (
    INSERT INTO dw.subscription SELECT c.usr, c.plan, c.active, c.mrr, c.chg FROM cur c
     WHERE NOT EXISTS (SELECT 1 FROM dw.subscription s WHERE s.usr = c.usr AND s.plan = c.plan)
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM upd), (SELECT count(*) FROM ins) INTO v_upd, v_ins;

  SELECT month, total INTO v_prev FROM dw.mrr_month WHERE month < v_month ORDER BY month DESC LIMIT 1;
  SELECT sum(mrr) INTO v_total FROM dw.subscription WHERE active;
  DELETE FROM dw.mrr_month WHERE month = v_month;
  INSERT INTO dw.mrr_month (month, total, users, new_users, churned)
  SELECT v_month, coalesce(v_total, 0), count(DISTINCT usr) FILTER (WHERE active), count(*) FILTER (WHERE last_change BETWEEN v_month AND p_run_date AND active),
         count(*) FILTER (WHERE NOT active)
    FROM dw.subscription;
  INSERT INTO dw.run_log(run_date, mode, rc, note)
  VALUES (p_run_date, upper(p_mode), 0, 'ins=' || v_ins || ' upd=' || v_upd || CASE WHEN v_prev.month IS NULL THEN ' first' ELSE ' growth=' || round(100 * (v_total - v_prev.total) / nullif(v_prev.total, 0), 1)::text END);
  RETURN 0;
EXCEPTION WHEN OTHERS THEN
  INSERT INTO dw.run_log(run_date, mode, rc, note) VALUES (p_run_date, p_mode, -1, SQLSTATE || ' ' || SQLERRM);
  RETURN -1;
END;
$func$ LANGUAGE plpgsql;
