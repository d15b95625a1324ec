CREATE OR REPLACE PROCEDURE billing.rate_calls(
    p_day_from  date,
    p_day_to    date DEFAULT NULL,
    p_rerate    boolean DEFAULT FALSE)
LANGUAGE plpgsql
SET search_path = billing, mediation, public
AS $$
DECLARE
    v_to        date := COALESCE(p_day_to, p_day_from + 6);
    v_peak_from CONSTANT time := TIME '08:00';
    v_peak_to   CONSTANT time := TIME '18:00';
    v_rated     rated_call.cdr_id%TYPE;
BEGIN
    IF v_to < p_day_from THEN
        RAISE EXCEPTION 'bad window % .. %', p_day_from, v_to;
    END IF;

    IF p_rerate THEN
        DELETE FROM rated_call WHERE day BETWEEN p_day_from AND v_to;
    END IF;
    DELETE FROM reject WHERE run_day = p_day_from;

    /* candidates: new in this window, the first of exact duplicates,
       and the longest prefix that fits */
    CREATE TEMPORARY TABLE cand ON COMMIT DROP AS
    WITH dedup AS (
        SELECT c.*,
               row_number() OVER (PARTITION BY c.msisdn, c.called, c.started_at, c.seconds ORDER BY c.cdr_id) AS rn
          FROM cdr c
         WHERE c.started_at >= p_day_from
           AND c.started_at <  v_to + INTERVAL '1 day'
           AND c.status = 0
    )
    SELECT d.cdr_id, d.msisdn, d.called, d.started_at, d.seconds, d.rn, s.plan,
           t.class, t.per_minute, t.setup_fee, t.block_sec
      FROM dedup d
      LEFT JOIN subscriber s ON s.msisdn = d.msisdn AND s.active @> d.started_at::date
      LEFT JOIN LATERAL (
            SELECT x.*
              FROM tariff x
             WHERE x.plan = s.plan AND d.called LIKE x.prefix || '%'
             ORDER BY length(x.prefix) DESC
             LIMIT 1) t ON TRUE;

    INSERT INTO reject (cdr_id, reason, run_day)
    SELECT cdr_id, r.reason, p_day_from
      FROM cand
      CROSS JOIN LATERAL (VALUES (CASE WHEN rn > 1 THEN 'DUPLICATE' END),
                                 (CASE WHEN plan IS NULL THEN 'NO SUBSCRIBER' END),
                                 (CASE WHEN plan IS NOT NULL AND class IS NULL THEN 'NO TARIFF' END),
                                 (CASE WHEN seconds IS NULL THEN 'NO DURATION' END)) AS r (reason)
     WHERE r.reason IS NOT NULL
    ON CONFLICT (cdr_id, reason) DO UPDATE SET run_day = EXCLUDED.run_day;

    INSERT INTO rated_call AS rc (cdr_id, msisdn, class, day, minutes, amount, peak)
    SELECT c.cdr_id, c.msisdn, c.class, c.started_at::date,
           ceil(c.seconds::numeric / c.block_sec) * c.block_sec / 60,
           c.setup_fee + ceil(c.seconds::numeric / c.block_sec) * c.block_sec / 60 * c.per_minute,
           c.started_at::time >= v_peak_from AND c.started_at::time < v_peak_to
             AND extract(isodow FROM c.started_at) < 6
      FROM cand c
     WHERE NOT EXISTS (SELECT 1 FROM reject r WHERE r.cdr_id = c.cdr_id)
       AND c.class IS NOT NULL
    ON CONFLICT (cdr_id) DO NOTHING;

    DELETE FROM usage_day WHERE day BETWEEN p_day_from AND v_to;
    INSERT INTO usage_day
    SELECT msisdn, day, class, count(*), sum(minutes), sum(amount) FILTER (WHERE amount > 0)
      FROM rated_call
     WHERE day BETWEEN p_day_from AND v_to
     GROUP BY msisdn, day, class;

    SELECT max(cdr_id) INTO v_rated FROM rated_call;
    RAISE INFO 'rated up to %', v_rated;
END;
$$;
