CREATE OR REPLACE PROCEDURE mfg.roll_costs(p_as_of date, p_max_level int DEFAULT 10) AS $$
DECLARE v_level int := 0; v_rows int; v_open int;
BEGIN
	TRUNCATE mfg.exploded;
	INSERT INTO mfg.exploded SELECT item_no, item_no, 0, item_no, 1 FROM mfg.item WHERE kind = 'P';
	LOOP
		v_level := v_level + 1;
		EXIT WHEN v_level > p_max_level;
		INSERT INTO mfg.exploded (top, item_no, lvl, path, qty)
		SELECT e.top, b.child, v_level, e.path || '/' || b.child, e.qty * b.qty * (1 + COALESCE(b.scrap_pct, 0) / 100)
		FROM mfg.exploded e JOIN mfg.bom b ON b.parent = e.item_no
		WHERE e.lvl = v_level - 1 AND position('/' || b.child || '/' in '/' || e.path || '/') = 0;
		GET DIAGNOSTICS v_rows = ROW_COUNT;
		INSERT INTO mfg.log (step, rows) VALUES ('level ' || v_level, v_rows);
		EXIT WHEN v_rows = 0;
	END LOOP;

	MERGE INTO mfg.cost_roll c
	USING (
		SELECT e.top AS item_no, sum(e.qty * i.std_cost) FILTER (WHERE i.kind = 'R') AS material,
		       max(i.lead_days) AS lead, count(*) FILTER (WHERE i.kind = 'R' AND i.std_cost IS NULL) AS missing
		FROM mfg.exploded e JOIN mfg.item i USING (item_no) GROUP BY e.top
		UNION ALL
		SELECT item_no, std_cost, lead_days, (std_cost IS NULL)::int FROM mfg.item WHERE kind = 'R'
	) s ON c.item_no = s.item_no AND c.as_of = p_as_of
	WHEN MATCHED AND s.material IS NULL THEN DELETE
	WHEN MATCHED AND (c.material, c.lead, c.missing) IS DISTINCT FROM (s.material::numeric(14,4), s.lead, s.missing::int) THEN
		UPDATE SET material = s.material, lead = s.lead, missing = s.missing
	WHEN NOT MATCHED AND s.material IS NOT NULL THEN
		INSERT VALUES (s.item_no, p_as_of, s.material, s.lead, s.missing);
	GET DIAGNOSTICS v_rows = ROW_COUNT;

	SELECT count(*) INTO v_open FROM mfg.item i WHERE i.kind = 'M' AND NOT EXISTS (SELECT 1 FROM mfg.exploded e WHERE e.item_no = i.item_no);
	INSERT INTO mfg.log (step, rows) VALUES ('merged', v_rows), ('unused', v_open);
	IF v_open > 5 THEN RAISE EXCEPTION 'too many unused parts: %', v_open USING ERRCODE = 'P0777'; END IF;
END; $$ LANGUAGE plpgsql;
