CREATE OR REPLACE PROCEDURE tpc.df_ss(p_from DATE, p_to DATE, OUT p_deleted INT) LANGUAGE plpgsql AS $$
DECLARE n INT;
BEGIN
  -- returns first, they refer to sales
  DELETE FROM tpc.store_returns
   WHERE (sr_item_sk, sr_ticket_number) IN (
     SELECT ss_item_sk, ss_ticket_number FROM tpc.store_sales, tpc.date_dim
      WHERE ss_sold_date_sk = d_date_sk AND d_date BETWEEN p_from AND p_to);
  GET DIAGNOSTICS p_deleted = ROW_COUNT;
  DELETE FROM tpc.store_sales
   WHERE ss_sold_date_sk >= (SELECT MIN(d_date_sk) FROM tpc.date_dim WHERE d_date BETWEEN p_from AND p_to)
     AND ss_sold_date_sk <= (SELECT MAX(d_date_sk) FROM tpc.date_dim WHERE d_date BETWEEN p_from AND p_to);
  GET DIAGNOSTICS n = ROW_COUNT;
  p_deleted := p_deleted + n;
END $$;

CREATE OR REPLACE PROCEDURE tpc.data_maintenance() LANGUAGE plpgsql AS $$
DECLARE
  r RECORD; v_n INT; v_seq INT; v_func TEXT;
  v_sum INT := 0;
BEGIN
  SELECT COALESCE(MAX(seq), 0) INTO v_seq FROM tpc.maintenance_log;
  FOR r IN SELECT d1, d2 FROM tpc.delete_ranges WHERE d1 IS NOT NULL ORDER BY d1, d2 LOOP
    CALL tpc.df_ss(r.d1, r.d2, v_n);
    v_sum := v_sum + v_n;
  END LOOP;
  v_seq := v_seq + 1;
  INSERT INTO tpc.maintenance_log VALUES (v_seq, 'DF_SS', v_sum);

  FOREACH v_func IN ARRAY ARRAY['LF_SS','LF_SR'] LOOP
    IF v_func = 'LF_SS' THEN
      INSERT INTO tpc.store_sales
      SELECT * FROM tpc.ssv v WHERE NOT EXISTS (SELECT 1 FROM tpc.store_sales s WHERE s.ss_item_sk = v.ss_item_sk AND s.ss_ticket_number = v.ss_ticket_number);
    ELSE
      INSERT INTO tpc.store_returns
      SELECT ss_sold_date_sk + 2, ss_item_sk, ss_ticket_number, ss_quantity FROM tpc.store_sales
       WHERE ss_coupon_amt > 0
      ON CONFLICT DO NOTHING;
    END IF;
    GET DIAGNOSTICS v_n = ROW_COUNT;
    v_seq := v_seq + 1;
    INSERT INTO tpc.maintenance_log VALUES (v_seq, v_func, v_n);
  END LOOP;
END $$;
