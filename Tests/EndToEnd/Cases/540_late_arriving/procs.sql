create or replace procedure edw.infer_members(p_batch int, inout p_inferred int)
language plpgsql as $$
declare
    n int;
begin
    insert into edw.dim_customer (cust_code, inferred)
    select distinct x.cust_code, true
      from stage.tx x
     where x.batch = p_batch and x.cust_code is not null
       and not exists (select from edw.dim_customer c where c.cust_code = x.cust_code)
     order by 1;
    get diagnostics n = row_count;
    p_inferred := coalesce(p_inferred, 0) + n;

    insert into edw.dim_product (prod_code, inferred)
    select prod_code, 'Y' from stage.tx where batch = p_batch group by prod_code having prod_code is not null order by prod_code
    on conflict (prod_code) do nothing;
    get diagnostics n = row_count;
    p_inferred := p_inferred + n;
end $$;

CREATE OR REPLACE PROCEDURE edw.load_fact_tx(p_batch int)
LANGUAGE plpgsql AS $$
DECLARE
    n_in int; n_new int; n_fix int; n_inf int;
    k_na edw.dim_customer.customer_key%TYPE;
BEGIN
    IF EXISTS (SELECT 1 FROM edw.batch_ctl WHERE batch = p_batch AND state = 'DONE') THEN
        RAISE NOTICE 'batch % was loaded before', p_batch;
        RETURN;
    END IF;
    SELECT count(*) INTO n_in FROM stage.tx WHERE batch = p_batch;
    CALL edw.infer_members(p_batch, n_inf);
    SELECT customer_key INTO k_na FROM edw.dim_customer WHERE cust_code = 'n/a';

    WITH src AS (
        SELECT DISTINCT ON (tx_id) *
          FROM stage.tx
         WHERE batch = p_batch AND tx_ts IS NOT NULL
         ORDER BY tx_id, amt DESC
    ), looked AS (
        SELECT s.tx_id,
               COALESCE(c.customer_key, k_na) AS customer_key,
               p.product_key,
               to_char(s.tx_ts AT TIME ZONE 'America/St_Johns', 'YYYYMMDD')::int AS date_key,
               COALESCE(s.qty, 0) AS qty, s.amt, p.price * s.qty AS list_amt
          FROM src s
          LEFT JOIN edw.dim_customer c ON c.cust_code = s.cust_code
          JOIN edw.dim_product p ON p.prod_code = s.prod_code
    ), fixed AS (
        UPDATE edw.fact_tx f
           SET amt = l.amt, qty = l.qty, corrected = TRUE
          FROM looked l
         WHERE l.tx_id = f.tx_id AND (f.amt, f.qty) IS DISTINCT FROM (l.amt, l.qty)
        RETURNING f.tx_id
    ), ins AS (
        INSERT INTO edw.fact_tx (tx_id, customer_key, product_key, date_key, qty, amt, list_amt, batch)
        SELECT l.*, p_batch FROM looked l
         WHERE NOT EXISTS (SELECT 1 FROM edw.fact_tx f WHERE f.tx_id = l.tx_id)
        RETURNING tx_id
    )
    SELECT (SELECT count(*) FROM ins), (SELECT count(*) FROM fixed) INTO n_new, n_fix;

    INSERT INTO edw.batch_ctl VALUES (p_batch, 'DONE', n_in, n_new, n_fix, n_inf)
    ON CONFLICT ON CONSTRAINT batch_ctl_pkey DO UPDATE
        SET state = EXCLUDED.state, rows_in = EXCLUDED.rows_in, rows_new = batch_ctl.rows_new + EXCLUDED.rows_new;
END $$;
