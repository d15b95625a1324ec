CREATE OR REPLACE PROCEDURE fin.accrue_interest (p_period IN char DEFAULT '202401', p_post IN boolean DEFAULT TRUE)
LANGUAGE plpgsql
AS $$
DECLARE
  v_first  fin.balance_day.day%TYPE;
  v_last   DATE;
  v_sum_d  fin.journal.amount%TYPE;
  v_sum_c  fin.journal.amount%TYPE;
  v_diff   NUMERIC(15,2);
  e_unbalanced CONSTANT text := 'P0099';
BEGIN
  v_first := to_date(p_period || '01', 'YYYYMMDD');
  v_last  := (v_first + INTERVAL '1 month - 1 day')::date;

  DELETE FROM fin.balance_day b WHERE b.day BETWEEN v_first AND v_last;

  /* one row an account and day: the closing balance of the day,
     with the rate that was valid then (as-of) */
  INSERT INTO fin.balance_day (acct_no, day, balance, pct, interest)
  SELECT x.acct_no, x.day, x.balance, r.pct,
         x.balance * r.pct / 100 / r.basis
    FROM (
          SELECT a.acct_no, a.product, d.day::date AS day,
                 COALESCE((SELECT SUM(t.amount) FROM core.txn t WHERE t.acct_no = a.acct_no AND t.booked <= d.day), 0) AS balance
            FROM core.account a
            CROSS JOIN generate_series(v_first::timestamp, v_last, '1 day') AS d (day)
           WHERE a.opened <= d.day AND (a.closed IS NULL OR a.closed > d.day)
         ) x
    LEFT JOIN LATERAL (
          SELECT rr.pct, rr.basis FROM core.rate rr
           WHERE rr.product = x.product AND rr.valid_from <= x.day
           ORDER BY rr.valid_from DESC FETCH FIRST 1 ROW ONLY) r ON TRUE;

  INSERT INTO fin.accrual AS a (acct_no, period, days, interest)
  SELECT acct_no, p_period, COUNT(*)::int, SUM(interest)
    FROM fin.balance_day
   WHERE day BETWEEN v_first AND v_last
   GROUP BY acct_no
  ON CONFLICT (acct_no, period) DO UPDATE SET days = EXCLUDED.days, interest = EXCLUDED.interest
   WHERE NOT a.posted;

  IF NOT p_post THEN
    RETURN;
  END IF;

  INSERT INTO fin.journal (period, gl, side, amount, txt)
  SELECT p_period, g.gl, g.side, ABS(g.amt), format('%s %s', g.product, p_period)
    FROM (
      SELECT acc.product,
             CASE WHEN SUM(a.interest) >= 0 THEN '7010' ELSE '1310' END AS gl, 'D' AS side, SUM(a.interest) AS amt
        FROM fin.accrual a JOIN core.account acc USING (acct_no)
       WHERE a.period = p_period AND NOT a.posted
       GROUP BY acc.product
      UNION ALL
      SELECT acc.product,
             CASE WHEN SUM(a.interest) >= 0 THEN '2310' ELSE '8010' END, 'C', SUM(a.interest)
        FROM fin.accrual a JOIN core.account acc USING (acct_no)
       WHERE a.period = p_period AND NOT a.posted
       GROUP BY acc.product) g
   WHERE g.amt <> 0
   ORDER BY g.product, g.side;

  SELECT SUM(amount) FILTER (WHERE side = 'D'), SUM(amount) FILTER (WHERE side = 'C')
    INTO v_sum_d, v_sum_c
    FROM fin.journal
   WHERE period = p_period;
  v_diff := COALESCE(v_sum_d, 0) - COALESCE(v_sum_c, 0);
  IF v_diff <> 0 THEN
    RAISE EXCEPTION 'journal of % is out of balance by %', p_period, v_diff USING ERRCODE = e_unbalanced;
  END IF;

  UPDATE fin.accrual SET posted = TRUE WHERE period = p_period AND interest IS NOT NULL AND interest <> 0;
END;
$$;
