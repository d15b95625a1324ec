CREATE OR REPLACE FUNCTION etl.fn_rate(p_product text, p_day date) RETURNS numeric LANGUAGE plpgsql STABLE AS $f$
DECLARE v numeric;
BEGIN
  SELECT r.rate INTO v FROM bank.rates r WHERE r.product = p_product AND r.valid_from <= p_day ORDER BY r.valid_from DESC LIMIT 1;
  IF v IS NULL THEN RETURN 0; END IF;
  RETURN v;
END $f$;

CREATE OR REPLACE PROCEDURE etl.accrue_interest(p_from date, p_to date DEFAULT NULL, p_days_in_year int DEFAULT 365)
LANGUAGE plpgsql AS $$
DECLARE
  d        date := p_from;
  v_to     date := COALESCE(p_to, p_from);
  v_cnt    integer := 0;
  v_total  integer := 0;
  v_prev   numeric(14,2);
BEGIN
  IF p_from IS NULL OR v_to < p_from THEN
     INSERT INTO dw.etl_errors(proc, state, msg) VALUES ('accrue_interest', 'P0001', 'bad range');
     RETURN;
  END IF;

  DELETE FROM dw.daily_balance WHERE day BETWEEN p_from AND v_to;

  WHILE d <= v_to LOOP
    -- balance of the day before plus what was booked today
    INSERT INTO dw.daily_balance (acct_id, day, balance, accrued)
    SELECT a.acct_id, d,
           COALESCE(y.balance, COALESCE((SELECT SUM(t.amount) FROM bank.txn t WHERE t.acct_id = a.acct_id AND t.booked < d), 0))
             + COALESCE((SELECT SUM(t.amount) FROM bank.txn t WHERE t.acct_id = a.acct_id AND t.booked = d), 0),
           NULL
      FROM bank.accounts a
      LEFT JOIN dw.daily_balance y ON y.acct_id = a.acct_id AND y.day = d - 1
     WHERE a.opened <= d AND (a.closed IS NULL OR a.closed >= d);
    GET DIAGNOSTICS v_cnt = ROW_COUNT;
    v_total := v_total + v_cnt;

    UPDATE dw.daily_balance b
       SET accrued = ROUND(b.balance * etl.fn_rate(a.product, d) / p_days_in_year, 6)
      FROM bank.accounts a
     WHERE a.acct_id = b.acct_id AND b.day = d AND b.balance > 0;
    d := d + 1;
  END LOOP;

  -- post whole months only
  IF EXTRACT(day FROM v_to + 1) = 1 THEN
    INSERT INTO dw.interest_posted (acct_id, period, amount)
    SELECT acct_id, to_char(v_to, 'YYYYMM'), ROUND(SUM(accrued), 2)
      FROM dw.daily_balance
     WHERE to_char(day, 'YYYYMM') = to_char(v_to, 'YYYYMM') AND accrued IS NOT NULL
     GROUP BY acct_id
    HAVING ROUND(SUM(accrued), 2) <> 0
    ORDER BY acct_id
    ON CONFLICT (acct_id, period) DO UPDATE SET amount = EXCLUDED.amount
      WHERE interest_posted.amount IS DISTINCT FROM EXCLUDED.amount;
  END IF;
  RAISE NOTICE 'accrued % rows', v_total;
EXCEPTION
  WHEN OTHERS THEN
    INSERT INTO dw.etl_errors(proc, state, msg) VALUES ('accrue_interest', SQLSTATE, SQLERRM);
    RAISE;
END $$;
