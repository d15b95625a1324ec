-- migrated from PKG_GL.CLOSE_PERIOD (ora2pg 20.0)
CREATE OR REPLACE PROCEDURE etl.pkg_gl_close (P_PERIOD varchar DEFAULT '2024-01', P_TOLERANCE numeric DEFAULT 0.01, P_FORCE char DEFAULT 'N')
LANGUAGE plpgsql SET search_path = dw, src, etl, pg_catalog
AS $body$
DECLARE
  V_RUN     bigint := NEXTVAL('run_seq');
  V_CNT     integer;
  V_BAD     integer;
  V_PREV    gl_balances.period%TYPE;
  c_module  CONSTANT text := 'PKG_GL.CLOSE';
BEGIN
  INSERT INTO run_log (run_id, proc_name) VALUES (V_RUN, c_module || ' ' || P_PERIOD);
  V_PREV := to_char(to_date(P_PERIOD || '-01', 'YYYY-MM-DD') - INTERVAL '1 month', 'YYYY-MM');

  /* -- unbalanced entries go to the rejects */
  INSERT INTO gl_rejects (je_id, reason, diff, run_id)
  SELECT je_id, 'UNBALANCED', SUM(COALESCE(dr, 0)) - SUM(coalesce(cr, 0)) /* debit - credit */, V_RUN
    FROM gl_lines
   WHERE period = P_PERIOD
   GROUP BY je_id
  HAVING ABS(SUM(COALESCE(dr, 0)) - SUM(coalesce(cr, 0))) > P_TOLERANCE;
  GET DIAGNOSTICS V_BAD = ROW_COUNT;

  DROP TABLE IF EXISTS tmp_gl;
  CREATE TEMP TABLE tmp_gl (acct varchar(10), cc char(4) NOT NULL DEFAULT '??', amt numeric(16,2)) ON COMMIT DROP;
  CREATE INDEX tmp_gl_ix ON tmp_gl (acct, cc);
  INSERT INTO tmp_gl (acct, cc, amt)
  SELECT l.acct, COALESCE(l.cc, 'NA'),
         COALESCE(l.dr, 0) - COALESCE(l.cr, 0) -- rounds per line!
    FROM gl_lines l
   WHERE l.period = P_PERIOD AND (l.posted_flag = 'Y' OR P_FORCE = 'Y')
     AND NOT EXISTS (SELECT 1 FROM gl_rejects r WHERE r.je_id = l.je_id AND r.run_id = V_RUN);
  GET DIAGNOSTICS V_CNT = ROW_COUNT;
  ANALYZE tmp_gl;

  IF V_CNT = 0 THEN
    UPDATE run_log SET status = 'EMPTY', ended = clock_timestamp(), rows_in = 0 WHERE run_id = V_RUN;
    RETURN;
  END IF;

  -- opening = closing of the previous period; accounts of P&L start at 0
  INSERT INTO gl_balances AS b (acct, cc, period, opening, movement, status)
  SELECT t.acct, t.cc, P_PERIOD,
         CASE WHEN a.acct_type IN ('R', 'E') THEN 0
              ELSE COALESCE((SELECT p.closing FROM gl_balances p WHERE p.acct = t.acct AND p.cc = t.cc AND p.period = V_PREV), 0) END,
         SUM(t.amt), 'OPEN'
    FROM tmp_gl t LEFT JOIN gl_accounts a ON a.acct = t.acct
   GROUP BY t.acct, t.cc, a.acct_type
  ON CONFLICT (acct, cc, period) DO UPDATE
     SET movement = EXCLUDED.movement,
         opening  = EXCLUDED.opening,
         status   = CASE WHEN b.movement <> EXCLUDED.movement THEN 'CHG' ELSE b.status END
   WHERE b.status IS DISTINCT FROM 'CLOSE';
  GET DIAGNOSTICS V_CNT = ROW_COUNT;

  -- carry balances without movement forward (only balance sheet)
  INSERT INTO gl_balances (acct, cc, period, opening, status)
  SELECT p.acct, p.cc, P_PERIOD, p.closing, 'CARRY'
    FROM gl_balances p JOIN gl_accounts a USING (acct)
   WHERE p.period = V_PREV AND a.acct_type = 'A' AND p.closing <> 0
     AND (p.acct, p.cc) NOT IN (SELECT x.acct, x.cc FROM gl_balances x WHERE x.period = P_PERIOD);

  IF V_BAD = 0 OR UPPER(P_FORCE) = 'Y' THEN
     UPDATE gl_balances SET status = 'CLOSE' WHERE period = V_PREV AND status IN ('OPEN', 'CHG', 'CARRY');
  END IF;
  UPDATE run_log SET status = CASE WHEN V_BAD > 0 THEN 'WARN' ELSE 'OK' END, rows_in = (SELECT count(*) FROM tmp_gl), rows_out = V_CNT,
         message = NULLIF(V_BAD || ' rejected', '0 rejected'), ended = clock_timestamp()
   WHERE run_id = V_RUN;
EXCEPTION WHEN OTHERS THEN
  INSERT INTO run_log (run_id, proc_name, status, message) VALUES (-V_RUN, c_module, 'ERROR', SQLERRM);
  RAISE;
END;
$body$;
