CREATE OR REPLACE PROCEDURE silver.load_silver()
LANGUAGE plpgsql
AS $$
DECLARE
    start_time TIMESTAMP;
    end_time TIMESTAMP;
    batch_start_time TIMESTAMP;
BEGIN
    batch_start_time := clock_timestamp();
    RAISE NOTICE '================================================';
    RAISE NOTICE 'Loading Silver Layer';
    RAISE NOTICE '>> Truncating Table: silver.crm_cust';
    start_time := clock_timestamp();
    TRUNCATE TABLE silver.crm_cust;
    INSERT INTO silver.crm_cust (cst_id, cst_key, fn, ln, ms, gndr, created)
    SELECT cst_id, TRIM(cst_key), TRIM(fn) AS fn, TRIM(ln) AS ln,
        CASE WHEN UPPER(TRIM(ms)) = 'S' THEN 'Single' WHEN UPPER(TRIM(ms)) = 'M' THEN 'Married' ELSE 'n/a' END ms, -- Normalize marital status
        CASE UPPER(TRIM(gndr)) WHEN 'F' THEN 'Female' WHEN 'M' THEN 'Male' ELSE 'n/a' END AS gndr,
        created
    FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY cst_id ORDER BY created DESC) AS flag_last
        FROM bronze.crm_cust WHERE cst_id IS NOT NULL
    ) t
    WHERE flag_last = 1; -- Select the most recent record per customer
    end_time := clock_timestamp();
    RAISE NOTICE '>> Load Duration: % seconds', EXTRACT(EPOCH FROM (end_time - start_time));

    TRUNCATE TABLE silver.crm_prd;
    INSERT INTO silver.crm_prd (prd_id, cat_id, prd_key, nm, cost, line, start_dt, end_dt)
    SELECT prd_id, REPLACE(SUBSTRING(prd_key FROM 1 FOR 5), '-', '_') AS cat_id, SUBSTRING(prd_key, 7, LENGTH(prd_key)) AS prd_key, nm,
        COALESCE(cost, 0) AS cost,
        CASE UPPER(TRIM(line)) WHEN 'M' THEN 'Mountain' WHEN 'R' THEN 'Road' WHEN 'S' THEN 'Other Sales' ELSE 'n/a' END,
        CAST(start_dt AS DATE),
        CAST(LEAD(start_dt) OVER (PARTITION BY prd_key ORDER BY start_dt) - INTERVAL '1 day' AS DATE)
    FROM bronze.crm_prd;

    TRUNCATE TABLE silver.sales;
    INSERT INTO silver.sales (ord, prd_key, cust_id, odt, sdt, sales, qty, price)
    SELECT ord, prd_key, cust_id,
        CASE WHEN odt = 0 OR LENGTH(odt::TEXT) != 8 THEN NULL ELSE TO_DATE(odt::TEXT, 'YYYYMMDD') END,
        CASE WHEN sdt = 0 OR LENGTH(CAST(sdt AS VARCHAR)) <> 8 THEN NULL ELSE CAST(CAST(sdt AS VARCHAR) AS DATE) END,
        CASE WHEN sales IS NULL OR sales <= 0 OR sales != qty * ABS(price) THEN qty * ABS(price) ELSE sales END AS sales,
        qty,
        CASE WHEN price IS NULL OR price <= 0 THEN sales / NULLIF(qty, 0) ELSE price END AS price
    FROM bronze.sales;

    TRUNCATE silver.loc;
    INSERT INTO silver.loc (cid, cntry)
    SELECT REPLACE(cid, '-', ''),
        CASE WHEN TRIM(cntry) = 'DE' THEN 'Germany' WHEN TRIM(cntry) IN ('US', 'USA') THEN 'United States' WHEN TRIM(cntry) = '' OR cntry IS NULL THEN 'n/a' ELSE TRIM(cntry) END
    FROM bronze.loc;
    RAISE NOTICE 'Total: %', clock_timestamp() - batch_start_time;
EXCEPTION
    WHEN OTHERS THEN
        RAISE NOTICE 'ERROR OCCURED DURING LOADING SILVER LAYER: % / %', SQLERRM, SQLSTATE;
END;
$$;
