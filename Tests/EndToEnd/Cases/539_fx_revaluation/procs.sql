CREATE OR REPLACE FUNCTION ref.fx_rate(p_ccy character, p_day date, p_max_age integer DEFAULT 30)
RETURNS numeric
LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN p_ccy IS NULL OR p_ccy = 'EUR' THEN 1::numeric
           ELSE (SELECT f.per_eur FROM ref.fx f
                  WHERE f.ccy = p_ccy AND f.rate_date <= p_day AND f.rate_date > p_day - p_max_age
                  ORDER BY f.rate_date DESC, (f.src = 'ECB') DESC, f.src
                  LIMIT 1) END
$$;

CREATE OR REPLACE PROCEDURE gl.revalue(as_of date, reval_accounts text[] DEFAULT '{1000}')
LANGUAGE plpgsql AS $$
BEGIN
    MERGE INTO gl.entry_eur t
    USING (SELECT e.entry_id, e.company, e.account, e.amount, e.ccy, ref.fx_rate(e.ccy, e.posted) AS rate,
                  CASE WHEN e.ccy IS NOT NULL AND e.ccy <> 'EUR' THEN
                      (SELECT max(f.rate_date) FROM ref.fx f WHERE f.ccy = e.ccy AND f.rate_date <= e.posted) END AS rate_date,
                  e.posted
             FROM gl.entry e WHERE e.posted <= revalue.as_of) s
       ON t.entry_id = s.entry_id
     WHEN MATCHED AND t.amount_eur IS NULL AND s.rate IS NOT NULL THEN
          UPDATE SET amount_eur = s.amount / s.rate, rate = s.rate, rate_date = s.rate_date, stale_days = s.posted - s.rate_date, problem = NULL
     WHEN NOT MATCHED THEN
          INSERT (entry_id, company, account, amount_eur, rate, rate_date, stale_days, problem)
          VALUES (s.entry_id, s.company, s.account, s.amount / s.rate, s.rate, s.rate_date, s.posted - s.rate_date,
                  CASE WHEN s.rate IS NULL THEN 'no rate' WHEN s.posted - s.rate_date > 10 THEN 'stale' END);

    DELETE FROM gl.balance b WHERE b.as_of = revalue.as_of;
    INSERT INTO gl.balance (company, account, as_of, balance_eur, entries, unconverted)
    SELECT company, account, revalue.as_of, SUM(amount_eur), COUNT(amount_eur), COUNT(*) - COUNT(amount_eur)
      FROM gl.entry_eur GROUP BY company, account;

    DELETE FROM gl.revaluation r WHERE r.as_of = revalue.as_of OR r.as_of < revalue.as_of - INTERVAL '1 year';
    INSERT INTO gl.revaluation (as_of, company, account, ccy, booked, closing)
    SELECT revalue.as_of, e.company, e.account, e.ccy, SUM(x.amount_eur), SUM(e.amount) / MIN(ref.fx_rate(e.ccy, revalue.as_of, 400))
      FROM gl.entry e JOIN gl.entry_eur x ON x.entry_id = e.entry_id
     WHERE e.account = ANY (reval_accounts) AND e.ccy <> 'EUR' AND e.posted <= revalue.as_of
     GROUP BY e.company, e.account, e.ccy;
END
$$;
