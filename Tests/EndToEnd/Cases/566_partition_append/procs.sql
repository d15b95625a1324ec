CREATE OR REPLACE PROCEDURE log_dw.append_hits(p_from timestamptz, p_to timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  v_month date := date_trunc('month', p_from)::date;
  v_part  text;
BEGIN
  WHILE v_month < p_to LOOP
    v_part := 'hit_' || to_char(v_month, 'YYYY_MM');
    EXECUTE format('CREATE TABLE IF NOT EXISTS log_dw.%I PARTITION OF log_dw.hit FOR VALUES FROM (%L) TO (%L)', v_part, v_month || ' 00:00+00', (v_month + interval '1 month')::date || ' 00:00+00');
    v_month := v_month + interval '1 month';
  END LOOP;

  DELETE FROM log_dw.hit WHERE ts >= p_from AND ts < p_to;
  INSERT INTO log_dw.hit (host, ts, path, status, bytes, is_bot)
  SELECT host, ts, path, status, coalesce(bytes, 0), coalesce(agent ~* 'bot|crawl', true) FROM land.access WHERE ts >= p_from AND ts < p_to;

  DELETE FROM log_dw.day_host WHERE d BETWEEN (p_from AT TIME ZONE 'UTC')::date AND (p_to AT TIME ZONE 'UTC')::date;
  INSERT INTO log_dw.day_host
  SELECT (ts AT TIME ZONE 'UTC')::date, host, count(*), count(*) FILTER (WHERE status >= 400), sum(bytes), percentile_cont(0.9) WITHIN GROUP (ORDER BY bytes)
    FROM log_dw.hit
   WHERE NOT is_bot AND (ts AT TIME ZONE 'UTC')::date BETWEEN (p_from AT TIME ZONE 'UTC')::date AND (p_to AT TIME ZONE 'UTC')::date
   GROUP BY 1, 2;
END $$;
