CREATE PROCEDURE mart.build_org(p_max int DEFAULT 20) LANGUAGE plpgsql AS $$
DECLARE
  v_level int := 1;
  v_rows  int;
  v_all   int := 0;
BEGIN
  TRUNCATE mart.org;
  INSERT INTO mart.org (id, path, lvl, root)
  SELECT id, '/' || name, 1, id FROM hr.emp WHERE boss IS NULL;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  v_all := v_rows;

  WHILE v_rows > 0 AND v_level < p_max LOOP
    INSERT INTO mart.org (id, path, lvl, root)
    SELECT e.id, o.path || '/' || e.name, o.lvl + 1, o.root
      FROM hr.emp e JOIN mart.org o ON o.id = e.boss
     WHERE o.lvl = v_level
       AND NOT EXISTS (SELECT 1 FROM mart.org x WHERE x.id = e.id);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    v_all := v_all + v_rows;
    v_level := v_level + 1;
  END LOOP;

  UPDATE mart.org o SET span = s.n
    FROM (SELECT boss, count(*) AS n FROM hr.emp GROUP BY boss) s
   WHERE s.boss = o.id;

  INSERT INTO mart.org_log
  SELECT current_date, v_level, v_all, (SELECT count(*) FROM hr.emp e WHERE NOT EXISTS (SELECT 1 FROM mart.org o WHERE o.id = e.id));
END $$;
