CREATE OR REPLACE FUNCTION ctl.cfg_num(p_key text, p_def numeric DEFAULT 0) RETURNS numeric LANGUAGE sql STABLE AS
$$ SELECT COALESCE((SELECT val::numeric FROM ctl.cfg WHERE key = p_key), p_def) $$;

CREATE OR REPLACE PROCEDURE ctl.log_step(p_run int, p_step text, p_rows int, p_status text DEFAULT 'OK', p_note text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ctl.step_log SELECT p_run, COALESCE(MAX(ord), 0) + 1, p_step, p_status, p_rows, p_note FROM ctl.step_log WHERE run_no = p_run;
END $$;

CREATE OR REPLACE PROCEDURE dm.calc_region(p_month date, OUT p_rows int, OUT p_total numeric) LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM dm.region_month WHERE month = p_month;
  INSERT INTO dm.region_month (region, month, amt, goal)
  SELECT COALESCE(s.region, t.region, '?'), p_month, COALESCE(s.amt, 0), t.goal
    FROM (SELECT region, sum(amt) AS amt FROM src.sales WHERE sold >= p_month AND sold < p_month + interval '1 month' GROUP BY region) s
    FULL OUTER JOIN (SELECT * FROM src.target WHERE month = p_month) t ON t.region = s.region;
  GET DIAGNOSTICS p_rows = ROW_COUNT;
  UPDATE dm.region_month SET hit = amt >= goal, pct = amt / NULLIF(goal, 0),
         grade = CASE WHEN amt / NULLIF(goal, 0) >= 1 THEN 'A' WHEN amt > 0 THEN 'B' END
   WHERE month = p_month;
  SELECT SUM(amt) INTO p_total FROM dm.region_month WHERE month = p_month;
  IF p_rows > 1 THEN
    INSERT INTO dm.region_month (month, amt, goal) SELECT p_month, SUM(amt), SUM(goal) FROM dm.region_month WHERE month = p_month;
    p_rows := p_rows + 1;
  END IF;
END $$;

create or replace procedure dm.calc_bonus(in p_month date, in p_pct numeric, inout p_rows int) language plpgsql as $$
declare lim numeric := ctl.cfg_num('min_sales', 1);
begin
  insert into dm.rep_bonus (month, rep, bonus, place)
  select p_month, rep, sum(amt) * p_pct / 100, rank() over (order by sum(amt) desc)
    from src.sales where date_trunc('month', sold) = p_month and rep is not null group by rep having sum(amt) >= lim
  on conflict (month, rep) do update set bonus = excluded.bonus, place = excluded.place;
  get diagnostics p_rows = row_count;
end $$;

CREATE OR REPLACE PROCEDURE ctl.month_end(p_month date DEFAULT NULL, p_steps text DEFAULT 'region,bonus,trend') LANGUAGE plpgsql AS $$
<<main>>
DECLARE
  month date := date_trunc('month', COALESCE(p_month, DATE '2024-01-15'));
  run   int;
  n     int := -1;
  tot   numeric;
BEGIN
  SELECT COALESCE(MAX(run_no), 0) + 1 INTO run FROM ctl.run;
  INSERT INTO ctl.run (run_no, month, status) VALUES (run, main.month, 'RUN');
  IF NOT EXISTS (SELECT 1 FROM ctl.cfg WHERE key = 'enabled' AND val = 'Y') THEN
    UPDATE ctl.run SET status = 'SKIP' WHERE run_no = run;
    RETURN;
  END IF;
  IF 'region' = ANY (string_to_array(p_steps, ',')) THEN
    CALL dm.calc_region(main.month, n, tot);
    CALL ctl.log_step(run, 'region', n, p_note => 'total ' || COALESCE(tot::text, 'none'));
  END IF;
  IF p_steps LIKE '%bonus%' THEN
    CALL dm.calc_bonus(main.month, ctl.cfg_num('bonus_pct'), n);
    CALL ctl.log_step(run, 'bonus', n, CASE WHEN n = 0 THEN 'EMPTY' ELSE 'OK' END);
  ELSE
    CALL ctl.log_step(run, 'bonus', NULL, 'SKIP');
  END IF;
  IF position('trend' in p_steps) > 0 THEN
    TRUNCATE dm.trend;
    INSERT INTO dm.trend
    SELECT m, amt, AVG(amt) OVER (ORDER BY m ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), amt = MAX(amt) OVER ()
      FROM (SELECT r.month AS m, SUM(r.amt) AS amt FROM dm.region_month r WHERE r.region <> 'ALL' GROUP BY r.month) q;
    GET DIAGNOSTICS n = ROW_COUNT;
    CALL ctl.log_step(run, 'trend', n);
  END IF;
  UPDATE ctl.run r SET status = 'DONE', total = tot WHERE r.run_no = run;
  -- delete old logs, keep 2 runs
  DELETE FROM ctl.step_log l WHERE l.run_no < run - 1;
END main $$;
