CREATE OR REPLACE FUNCTION tel.f_zone(p_dest varchar, p_roaming boolean) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
begin
  if coalesce(p_roaming,false) then return 'ROAM'; end if;
  case
    when p_dest like '0900%' then return 'PREMIUM';
    when p_dest like '00%' then return 'INTL';
    else return 'NATIONAL';
  end case;
end $$;

CREATE OR REPLACE PROCEDURE bil.p_rate_calls(p_from DATE, p_to DATE DEFAULT NULL, p_dry boolean default false)
LANGUAGE plpgsql AS $BODY$
DECLARE
  v_to        DATE := COALESCE(p_to, p_from + 30);
  v_cnt       INTEGER;
  v_rej       int := 0;
  v_total     numeric(14,2);
  rec         RECORD;
BEGIN
  -- stage the candidates
  CREATE TEMP TABLE IF NOT EXISTS stg_cdr ON COMMIT DROP AS
    SELECT c.cdr_id, c.msisdn, (c.started at time zone 'UTC')::date AS call_day, c.started,
           c.seconds, c.dest, c.roaming, s.plan, s.free_seconds
      FROM tel.cdr c LEFT JOIN tel.subscriber s USING (msisdn)
     WHERE COALESCE(c.rated, 'N') = 'N' AND (c.started AT TIME ZONE 'UTC')::date BETWEEN p_from AND v_to;

  -- rejects first ...
  INSERT INTO bil.reject (cdr_id, reason)
  SELECT cdr_id, CASE WHEN seconds IS NULL THEN 'no duration' WHEN plan IS NULL THEN 'unknown subscriber or plan' END
    FROM stg_cdr WHERE seconds IS NULL OR plan IS NULL;
  GET DIAGNOSTICS v_rej = ROW_COUNT;
  DELETE FROM stg_cdr WHERE seconds IS NULL OR plan IS NULL;

  -- exact duplicates: keep the first
  DELETE FROM stg_cdr a USING stg_cdr b
   WHERE a.msisdn = b.msisdn AND a.started = b.started AND a.dest = b.dest /* same call */ AND a.cdr_id > b.cdr_id;

  IF NOT p_dry THEN
    INSERT INTO bil.rated_call AS t (cdr_id, msisdn, day, billable_seconds, charge, tariff_prefix, zone)
    SELECT s.cdr_id, s.msisdn, s.call_day, b.billable,
           round(b.billable / 60.0 * tf.per_min, 4), tf.prefix, tel.f_zone(s.dest, s.roaming)
      FROM stg_cdr s
      CROSS JOIN LATERAL (
            SELECT * FROM tel.tariff x
             WHERE s.dest LIKE x.prefix || '%' AND x.plan IN ('*', s.plan)
               AND s.call_day >= x.valid_from AND s.call_day <= COALESCE(x.valid_to, DATE '9999-12-31')
             ORDER BY length(x.prefix) DESC, CASE x.plan WHEN '*' THEN 1 ELSE 0 END, x.valid_from DESC
             LIMIT 1) tf
      CROSS JOIN LATERAL (
            SELECT CASE WHEN s.seconds = 0 THEN 0
                        ELSE GREATEST(tf.min_seconds, ((s.seconds + tf.step - 1) / tf.step) * tf.step) END AS billable) b
    ON CONFLICT (cdr_id) DO UPDATE SET charge = EXCLUDED.charge, billable_seconds = excluded.billable_seconds
      WHERE t.charge IS DISTINCT FROM excluded.charge;
    GET DIAGNOSTICS v_cnt = ROW_COUNT;

    -- free seconds are used up in the order of calls
    WITH running AS (
      SELECT rc.cdr_id, rc.charge, sub.free_seconds,
             SUM(rc.billable_seconds) OVER (PARTITION BY rc.msisdn ORDER BY c.started, rc.cdr_id) AS used
        FROM bil.rated_call rc JOIN tel.cdr c ON c.cdr_id = rc.cdr_id
        JOIN tel.subscriber sub ON sub.msisdn = rc.msisdn
       WHERE rc.day BETWEEN p_from AND v_to AND rc.zone = 'NATIONAL')
    UPDATE bil.rated_call rc SET charge = 0
      FROM running r WHERE r.cdr_id = rc.cdr_id AND r.used <= r.free_seconds;

    UPDATE tel.cdr SET rated = 'Y' WHERE cdr_id IN (SELECT cdr_id FROM bil.rated_call);
    UPDATE tel.cdr SET rated = 'X' WHERE cdr_id IN (SELECT cdr_id FROM bil.reject) AND coalesce(rated,'N') = 'N';

    FOR rec IN SELECT msisdn, date_trunc('month', day)::date AS m, count(*) n, sum(billable_seconds) secs, sum(charge) chg,
                    min(c.started) f, max(c.started) l
               FROM bil.rated_call rc JOIN tel.cdr c USING (cdr_id, msisdn)
              WHERE day BETWEEN p_from AND v_to GROUP BY 1, 2
    LOOP
      UPDATE bil.usage_month SET calls = rec.n, seconds = rec.secs, charge = rec.chg, last_call = greatest(last_call, rec.l)
       WHERE msisdn = rec.msisdn AND month = rec.m;
      IF NOT FOUND THEN
        INSERT INTO bil.usage_month VALUES (rec.msisdn, rec.m, rec.n, rec.secs, rec.chg, rec.f, rec.l);
      END IF;
    END LOOP;
  ELSE
    SELECT count(*) INTO v_cnt FROM stg_cdr;
  END IF;

  SELECT COALESCE(SUM(charge), 0) INTO v_total FROM bil.rated_call WHERE day BETWEEN p_from AND v_to;
  INSERT INTO bil.run (proc, rated, rejected, charge, status, ended)
  VALUES ('p_rate_calls', v_cnt, v_rej, v_total, CASE WHEN p_dry THEN 'DRY' WHEN v_rej > 0 THEN 'WARN' ELSE 'OK' END, clock_timestamp());
  RAISE NOTICE 'rated %, rejected %', v_cnt, v_rej;
END;
$BODY$;
