CREATE OR REPLACE PROCEDURE gl.close_period(p_period char, p_soft boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
DECLARE
   v_state  ctl.periods.state%TYPE;
   v_prev   char(7);
   v_diff   numeric(16,2);
   cur      CURSOR FOR SELECT line_id, dr, cr, posted FROM gl.journal WHERE period = p_period AND posted = 'N' ORDER BY line_id FOR UPDATE;
   v_line   RECORD;
   v_n      int := 0;
BEGIN
   SELECT state INTO STRICT v_state FROM ctl.periods WHERE period = p_period;
   IF v_state = 'closed' THEN
      RAISE NOTICE 'already closed'; RETURN;
   END IF;
   v_prev := to_char(to_date(p_period, 'YYYY-MM') - interval '1 month', 'YYYY-MM');

   SELECT SUM(dr) - SUM(cr) INTO v_diff FROM gl.journal WHERE period = p_period;
   IF COALESCE(v_diff, 0) <> 0 AND NOT p_soft THEN
      RAISE EXCEPTION 'period % does not balance: %', p_period, v_diff USING ERRCODE = 'P0077';
   END IF;

   OPEN cur;
   LOOP
      FETCH cur INTO v_line;
      EXIT WHEN NOT FOUND;
      UPDATE gl.journal SET posted = 'Y', posted_in = p_period WHERE CURRENT OF cur;
      v_n := v_n + 1;
   END LOOP;
   CLOSE cur;

   -- allocations, the rounding difference goes to the largest share
   DELETE FROM gl.allocations WHERE period = p_period;
   INSERT INTO gl.allocations
   SELECT p_period, j.account, r.from_cc, r.to_cc, ROUND(SUM(j.dr - j.cr) * r.pct / 100, 2)
     FROM gl.journal j JOIN gl.alloc_rules r ON r.from_cc = j.cc
    WHERE j.period = p_period AND j.posted = 'Y'
    GROUP BY j.account, r.from_cc, r.to_cc, r.pct;

   UPDATE gl.allocations a
      SET amount = a.amount + d.diff
     FROM (SELECT t.account, t.from_cc, ROUND(t.total * t.pct / 100, 2) - t.given AS diff
             FROM (SELECT x.account, x.from_cc, SUM(x.amount) AS given,
                          (SELECT SUM(dr - cr) FROM gl.journal j WHERE j.period = p_period AND j.account = x.account AND j.cc = x.from_cc) AS total,
                          (SELECT SUM(pct) FROM gl.alloc_rules r WHERE r.from_cc = x.from_cc) AS pct
                     FROM gl.allocations x WHERE x.period = p_period GROUP BY x.account, x.from_cc) t) d
    WHERE a.period = p_period AND a.account = d.account AND a.from_cc = d.from_cc AND d.diff <> 0
      AND a.to_cc = (SELECT r.to_cc FROM gl.alloc_rules r WHERE r.from_cc = a.from_cc ORDER BY r.pct DESC, r.to_cc LIMIT 1);

   DELETE FROM gl.balances WHERE period = p_period;
   INSERT INTO gl.balances (period, account, cc, opening, movement, closing)
   SELECT p_period, COALESCE(m.account, b.account), COALESCE(m.cc, b.cc), COALESCE(b.closing, 0), COALESCE(m.mv, 0), COALESCE(b.closing, 0) + COALESCE(m.mv, 0)
     FROM (SELECT account, COALESCE(cc, '-') AS cc, SUM(dr - cr) AS mv FROM gl.journal WHERE period = p_period AND posted = 'Y' GROUP BY 1, 2) m
     FULL JOIN (SELECT * FROM gl.balances WHERE period = v_prev) b ON b.account = m.account AND b.cc = m.cc;

   UPDATE ctl.periods SET state = CASE WHEN p_soft THEN 'soft' ELSE 'closed' END, closed_at = now() WHERE period = p_period;
EXCEPTION
   WHEN no_data_found THEN
      INSERT INTO ctl.periods (period, state) VALUES (p_period, 'unknown');
END;
$$;
