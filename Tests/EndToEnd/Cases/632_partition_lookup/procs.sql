CREATE OR REPLACE PROCEDURE etl.load_readings(p_day date)
LANGUAGE plpgsql AS $$
DECLARE
  v_part text := 'reading_' || to_char(p_day, 'YYYYMM');
  v_exists boolean;
  v_cnt int;
  v_sql text;
BEGIN
  SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'dw' AND table_name = v_part) INTO v_exists;
  IF NOT v_exists THEN
    v_sql := format('CREATE TABLE dw.%I PARTITION OF dw.reading FOR VALUES FROM (%L) TO (%L)', v_part,
                    date_trunc('month', p_day)::date, (date_trunc('month', p_day) + interval '1 month')::date);
    RAISE NOTICE 'creating %: %', v_part, v_exists;
    EXECUTE v_sql;
  END IF;
  select count(*) into v_cnt from pg_indexes i where i.schemaname = 'dw' and i.indexname = v_part || '_ix';
  if v_cnt = 0 then
    execute 'create index ' || quote_ident(v_part || '_ix') || ' on dw.' || quote_ident(v_part) || ' (sensor)';
  else
    null;
  end if;
  IF to_regclass('dw.' || v_part) IS NULL THEN
    RAISE NOTICE 'no partition %', v_part;
  END IF;
  DELETE FROM dw.reading WHERE day = p_day;
  INSERT INTO dw.reading SELECT id, day, sensor, val FROM src.reading WHERE day = p_day;
  GET DIAGNOSTICS v_cnt = ROW_COUNT;
  INSERT INTO dw.load_log VALUES (v_cnt, p_day, v_part);
END $$;
