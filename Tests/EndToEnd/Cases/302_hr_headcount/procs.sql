CREATE OR REPLACE FUNCTION hr.fiscal(D DATE) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT 'FY' || (EXTRACT(YEAR FROM D) + CASE WHEN EXTRACT(MONTH FROM D) >= 7 THEN 1 ELSE 0 END)::int || 'Q' || ((((EXTRACT(MONTH FROM D)::int + 5) % 12) / 3) + 1) $$;

create or replace view hr.v_current as
select s.* from hr.snap s where s.snap_date = (select max(snap_date) from hr.snap);

create or replace procedure hr.build_calendar(p_from date, p_to date) language plpgsql as $$
begin
  insert into hr.calendar
  select g::date, (g + interval '1 day')::date = date_trunc('month', g + interval '1 day')::date, extract(week from g)::int, hr.fiscal(g::date)
    from generate_series(p_from, p_to, interval '1 day') g
  on conflict do nothing;
end;
$$;

CREATE OR REPLACE PROCEDURE etl.headcount_snapshot(p_day date DEFAULT DATE '2024-01-31', p_keep int default 2)
LANGUAGE plpgsql AS $$
DECLARE
  v_rows int;  v_heads int;  v_last int;
  v_dead text := 'never used';
BEGIN
  CALL hr.build_calendar(date_trunc('month', p_day)::date, p_day);
  DELETE FROM hr.snap WHERE snap_date = p_day;

  WITH RECURSIVE org AS (
      SELECT e.empno, e.ename, e.mgr, e.sal, e.comm, e.ename::text AS path, 1 AS lvl
        FROM src.emp e WHERE e.mgr IS NULL
      UNION ALL
      SELECT e.empno, e.ename, e.mgr, e.sal, e.comm, o.path || '/' || e.ename, o.lvl + 1
        FROM src.emp e JOIN org o ON o.empno = e.mgr
       WHERE e.hiredate <= p_day AND COALESCE(e.term, 'infinity') > p_day
  )
  INSERT INTO hr.snap (snap_date, empno, ename, path, lvl, total_comp, quartile)
  SELECT p_day, empno, ename, path, lvl, sal * 12 + coalesce(comm, 0) /* Oracle: NVL(comm,0) */,
         NTILE(4) OVER (ORDER BY sal DESC, empno)
    FROM org;
  GET DIAGNOSTICS v_rows = ROW_COUNT;

  -- grouping sets with labels
  DELETE FROM hr.headcount h WHERE h.snap_date = p_day;
  INSERT INTO hr.headcount
  SELECT p_day, e.deptno, e.job, count(*), sum(e.sal), avg(e.sal), grouping(e.deptno, e.job),
         CASE grouping(e.deptno, e.job) WHEN 0 THEN coalesce(min(d.dname), '(none)') || ':' || coalesce(e.job, '-')
              WHEN 1 THEN 'dept ' || coalesce(e.deptno::text, '?') WHEN 3 THEN 'ALL' ELSE 'x' END
    FROM hr.snap s JOIN src.emp e USING (empno) LEFT JOIN src.dept d ON d.deptno = e.deptno
   WHERE s.snap_date = p_day
   GROUP BY GROUPING SETS ((e.deptno, e.job), (e.deptno), ());

  SELECT heads INTO v_heads FROM hr.headcount WHERE snap_date = p_day AND grp = 3;
  SELECT heads INTO v_last FROM hr.headcount WHERE grp = 3 AND snap_date < p_day ORDER BY snap_date DESC LIMIT 1;
  IF NOT FOUND THEN
     INSERT INTO hr.alerts (snap_date, msg) VALUES (p_day, 'first snapshot with ' || v_heads);
  ELSIF v_heads < v_last THEN
     INSERT INTO hr.alerts (snap_date, msg) VALUES (p_day, format('down from %s to %s', v_last, v_heads));
  ELSIF v_heads = v_last THEN NULL;
  ELSE
     INSERT INTO hr.alerts (snap_date, msg) SELECT p_day, 'joined: ' || string_agg(trim(c.ename), ',' ORDER BY c.empno) FROM hr.v_current c
      WHERE NOT EXISTS (SELECT 1 FROM hr.snap o WHERE o.empno = c.empno AND o.snap_date < p_day);
  END IF;

  -- retention: keep the last p_keep snapshots
  DELETE FROM hr.snap WHERE snap_date IN (SELECT snap_date FROM (SELECT snap_date, dense_rank() OVER (ORDER BY snap_date DESC) AS rk FROM hr.snap) z WHERE rk > p_keep);
  IF false THEN
    DELETE FROM hr.headcount;
  END IF;
END;
$$;
