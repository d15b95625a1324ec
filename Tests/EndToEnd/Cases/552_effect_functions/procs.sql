CREATE OR REPLACE FUNCTION etl.start_run(p_job text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v_id etl.run.run_id%TYPE;
BEGIN
  INSERT INTO etl.run (job) VALUES (p_job) RETURNING run_id INTO v_id;
  RETURN v_id;
END $$;

create or replace function etl.step(p_run int, p_no int, p_name text, p_rows bigint) returns void language sql as $$
  insert into etl.run_step (run_id, step_no, name, rows_cnt) values (p_run, p_no, p_name, p_rows)
  on conflict (run_id, step_no) do update set rows_cnt = coalesce(run_step.rows_cnt, 0) + excluded.rows_cnt;
$$;

CREATE OR REPLACE FUNCTION etl.end_run(p_run integer, p_status text DEFAULT 'OK') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_total bigint;
BEGIN
  SELECT sum(rows_cnt) INTO v_total FROM etl.run_step WHERE run_id = p_run;
  UPDATE etl.run SET status = p_status, ended = clock_timestamp(), rows_total = v_total WHERE run_id = p_run;
  RETURN coalesce(v_total, 0);
END $$;

CREATE OR REPLACE PROCEDURE dm.load_files(p_day date, INOUT p_total bigint DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
  v_run int;
  n     bigint;
BEGIN
  SELECT etl.start_run('load_files') INTO v_run;
  DELETE FROM dm.file_fact f USING src.file s WHERE s.file_id = f.file_id AND s.arrived = p_day;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM etl.step(v_run, 1, 'delete', n);

  INSERT INTO dm.file_fact
  SELECT file_id, name, CASE WHEN rows_cnt > 5 THEN 'L' WHEN rows_cnt IS NULL THEN '?' ELSE 'S' END, v_run FROM src.file WHERE arrived = p_day;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM etl.step(v_run, 2, 'insert', n);
  PERFORM etl.step(v_run, 2, 'insert', 100);

  p_total := etl.end_run(v_run, CASE WHEN n = 0 THEN 'EMPTY' ELSE 'OK' END);
END $$;
