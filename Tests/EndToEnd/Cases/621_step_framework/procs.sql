create or replace procedure etl.log_step(p_day date, p_no int, p_step text, p_rows bigint, p_status text default 'OK', p_err text default null) language plpgsql as $$
begin
  insert into dw.step_log (day, step_no, step, rows_affected, status, err) values (p_day, p_no, p_step, p_rows, p_status, left(p_err, 200));
end $$;

CREATE OR REPLACE PROCEDURE etl.run_daily(p_day DATE DEFAULT CURRENT_DATE, p_force BOOLEAN DEFAULT FALSE)
LANGUAGE plpgsql AS $BODY$
DECLARE
    v_last   date;
    v_rows   bigint := 0;
    v_failed boolean := false;
    c_proc   CONSTANT text := 'daily';
BEGIN
    SELECT last_day INTO v_last FROM dw.process_control WHERE process = c_proc;
    IF v_last IS NOT NULL AND v_last >= p_day AND NOT p_force THEN
        CALL etl.log_step(p_day, 0, 'SKIP', 0, 'SKIPPED', 'already loaded');
        RETURN;
    END IF;

    -- step 1: clean
    BEGIN
        DELETE FROM dw.daily_balance WHERE day = p_day;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        CALL etl.log_step(p_day, 1, 'DELETE_OLD', v_rows);
    EXCEPTION WHEN OTHERS THEN
        v_failed := true;
        CALL etl.log_step(p_day, 1, 'DELETE_OLD', 0, 'ERROR', SQLERRM);
    END;

    -- step 2: bad rows
    IF NOT v_failed THEN
      BEGIN
        INSERT INTO dw.bad_txn (id, reason, day)
        SELECT t.id, CASE WHEN t.acct IS NULL THEN 'NO ACCOUNT' WHEN f.rate IS NULL THEN 'NO RATE' ELSE 'NO AMOUNT' END, p_day
          FROM src.txn t LEFT JOIN src.fx f ON f.ccy = t.ccy AND f.day = t.day
         WHERE t.day = p_day AND (t.acct IS NULL OR f.rate IS NULL OR t.amt IS NULL);
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        CALL etl.log_step(p_day, 2, 'BAD_ROWS', v_rows, CASE WHEN v_rows > 0 THEN 'WARN' ELSE 'OK' END);
      EXCEPTION WHEN OTHERS THEN
        v_failed := true;
        CALL etl.log_step(p_day, 2, 'BAD_ROWS', 0, 'ERROR', SQLERRM);
      END;
    END IF;

    -- step 3: balances
    IF NOT v_failed THEN
      BEGIN
        INSERT INTO dw.daily_balance
        SELECT t.acct, t.day, SUM(ROUND(t.amt * f.rate, 2)), COUNT(*)
          FROM src.txn t JOIN src.fx f ON f.ccy = t.ccy AND f.day = t.day
         WHERE t.day = p_day /* only the day */ AND t.acct IS NOT NULL
         GROUP BY 1, 2;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        CALL etl.log_step(p_day, 3, 'BALANCE', v_rows);
      EXCEPTION
        WHEN unique_violation THEN
            v_failed := true;
            CALL etl.log_step(p_day, 3, 'BALANCE', 0, 'DUPLICATE', SQLERRM);
        WHEN OTHERS THEN
            v_failed := true;
            CALL etl.log_step(p_day, 3, 'BALANCE', 0, 'ERROR', SQLERRM);
      END;
    END IF;

    UPDATE dw.process_control
       SET last_day = CASE WHEN v_failed THEN last_day ELSE GREATEST(last_day, p_day) END,
           last_status = CASE WHEN v_failed THEN 'FAILED' ELSE 'SUCCESS' END
     WHERE process = c_proc;
    COMMIT;
    RAISE NOTICE 'run_daily(%) finished: %', p_day, CASE WHEN v_failed THEN 'FAILED' ELSE 'OK' END;
END
$BODY$;
