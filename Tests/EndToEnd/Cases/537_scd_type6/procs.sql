-- Author: HK, changed by JP 2021-03-02 (type 6), MW 2023 (left the company)
CREATE OR REPLACE PROCEDURE dwh.sp_load_dim_employee(p_file_date DATE)
LANGUAGE 'plpgsql'
AS $BODY$
DECLARE
	v_cnt   BIGINT DEFAULT 0;
	v_eot   CONSTANT DATE := DATE '9999-12-31';
	r_old   dwh.dim_employee%ROWTYPE;   -- no longer used
BEGIN
	-- nothing in the file?
	PERFORM 1 FROM stg.employee WHERE file_date = p_file_date;
	IF NOT FOUND THEN
		INSERT INTO dwh.etl_log (step, cnt) VALUES ('no file ' || p_file_date, NULL);
		RETURN;
	END IF;

	CREATE TEMP TABLE IF NOT EXISTS tmp_emp (
		emp_no INTEGER PRIMARY KEY, emp_name VARCHAR(40), dept VARCHAR(10), salary NUMERIC(8,1), city VARCHAR(20), row_hash TEXT
	) ON COMMIT DELETE ROWS;

	INSERT INTO tmp_emp (emp_no, emp_name, dept, salary, city)
	SELECT DISTINCT emp_no, emp_name, dept, salary, city FROM stg.employee WHERE file_date = p_file_date AND emp_no IS NOT NULL;
	UPDATE tmp_emp SET row_hash = MD5(COALESCE(dept, '') || '#' || COALESCE(salary::TEXT, ''));

	-- type 1 attributes on every version
	UPDATE dwh.dim_employee d
	   SET emp_name = t.emp_name, city = COALESCE(t.city, 'n/a')
	  FROM tmp_emp t
	 WHERE t.emp_no = d.emp_no
	   AND (d.emp_name IS DISTINCT FROM t.emp_name OR d.city IS DISTINCT FROM COALESCE(t.city, 'n/a'));
	GET DIAGNOSTICS v_cnt = ROW_COUNT;
	INSERT INTO dwh.etl_log (step, cnt) VALUES ('type1', v_cnt);

	-- close the versions that have changed
	UPDATE dwh.dim_employee d
	   SET valid_to = p_file_date - 1, is_current = FALSE
	  FROM dwh.v_employee_current c
	  JOIN tmp_emp t ON t.emp_no = c.emp_no
	 WHERE d.employee_sk = c.employee_sk
	   AND c.row_hash <> t.row_hash
	   AND c.valid_from < p_file_date;
	GET DIAGNOSTICS v_cnt = ROW_COUNT;
	INSERT INTO dwh.etl_log (step, cnt) VALUES ('closed', v_cnt);

	INSERT INTO dwh.dim_employee (emp_no, emp_name, dept_hist, dept_current, salary, city, valid_from, valid_to, row_hash)
	SELECT t.emp_no, t.emp_name, t.dept, t.dept, t.salary, COALESCE(t.city, 'n/a'), p_file_date, v_eot, t.row_hash
	  FROM tmp_emp t
	 WHERE NOT EXISTS (SELECT 1 FROM dwh.v_employee_current c WHERE c.emp_no = t.emp_no)
	 ORDER BY t.emp_no;
	GET DIAGNOSTICS v_cnt = ROW_COUNT;
	INSERT INTO dwh.etl_log (step, cnt) SELECT 'opened', v_cnt WHERE v_cnt > 0;

	-- type 3/6: current department on all versions, the previous one on the current version
	UPDATE dwh.dim_employee d SET dept_current = t.dept FROM tmp_emp t WHERE t.emp_no = d.emp_no AND d.dept_current IS DISTINCT FROM t.dept;
	UPDATE dwh.dim_employee d
	   SET dept_previous = (SELECT p.dept_hist FROM dwh.dim_employee p
	                         WHERE p.emp_no = d.emp_no AND p.valid_to < d.valid_from ORDER BY p.valid_from DESC LIMIT 1)
	 WHERE d.is_current;
	COMMIT;
END;
$BODY$;
