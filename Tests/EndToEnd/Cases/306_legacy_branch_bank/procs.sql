/* POST_TXN  -  v1 JM 2009 / v2 (PG port) KO 2021 */
CREATE OR REPLACE FUNCTION bank.sgn(typ char) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT CASE typ WHEN 'CR' THEN 1 WHEN 'DR' THEN -1 END $$;
CREATE OR REPLACE PROCEDURE etl.post_txn(p_upto date DEFAULT NULL, p_fee numeric DEFAULT 1.255, p_cur char DEFAULT 'EUR')
LANGUAGE plpgsql
SET search_path = bank, etl, src
AS $PROC$
DECLARE
    lastid  ctl.last_id%TYPE;
    maxid   INTEGER;
    cnt     INTEGER := 0;
    upto    DATE := COALESCE(p_upto, DATE '2024-01-03');
    bad     BOOLEAN;
BEGIN
    SELECT last_id INTO lastid FROM ctl WHERE name = 'POST' FOR UPDATE;
    UPDATE ctl SET run_no = run_no + 1 WHERE name = 'POST';
    SELECT MAX(txn_id) INTO maxid FROM txn WHERE txn_id > lastid AND val_date <= upto;
    IF maxid IS NULL THEN
        RAISE NOTICE 'nothing to post';
        RETURN;
    END IF;

    INSERT INTO suspense (txn_id, reason, amt)
    SELECT t.txn_id,
           CASE WHEN t.acct IS NULL THEN 'NO ACCT' WHEN a.acct IS NULL THEN 'UNKNOWN ' || t.acct || p_cur ELSE 'TYPE ' || t.typ || p_cur END,
           t.amt
      FROM txn t LEFT JOIN account a ON a.acct = t.acct
     WHERE t.txn_id > lastid AND t.txn_id <= maxid AND (a.acct IS NULL OR sgn(t.typ) IS NULL)
    ON CONFLICT (txn_id) DO NOTHING;
    bad := FOUND;

    INSERT INTO statement
    SELECT t.acct, t.txn_id, t.val_date, t.amt * sgn(t.typ),
           a.balance + SUM(t.amt * sgn(t.typ)) OVER (PARTITION BY t.acct ORDER BY t.txn_id ROWS UNBOUNDED PRECEDING),
           SUBSTR(SPLIT_PART(t.ref, '/', 1), 1, 8),
           NULLIF(TRIM(BOTH '/ ' FROM SUBSTRING(t.ref FROM POSITION('/' IN t.ref))), '')
      FROM txn t, account a
     WHERE a.acct = t.acct AND t.txn_id > lastid AND t.txn_id <= maxid
       AND NOT EXISTS (SELECT NULL FROM suspense s WHERE s.txn_id = t.txn_id AND NOT s.cleared);
    GET DIAGNOSTICS cnt = ROW_COUNT;

    UPDATE account a
       SET balance  = a.balance + x.delta,   -- adds rounded lines
           last_txn = x.mx,
           status   = CASE WHEN a.balance + x.delta < 0 THEN 'O' WHEN a.status = 'O' THEN 'A' ELSE a.status END
      FROM (SELECT acct, SUM(amt) AS delta, MAX(txn_id) AS mx FROM statement WHERE txn_id > lastid GROUP BY acct) x
     WHERE x.acct = a.acct;

    -- monthly fee for overdrawn accounts, once a month
    INSERT INTO fees (acct, month, fee)
    SELECT acct, TO_CHAR(upto, 'YYYY-MM'), LEAST(p_fee, -balance * 0.1) FROM account WHERE status = 'O'
    ON CONFLICT (acct, month) DO UPDATE SET fee = fees.fee + 0.005 WHERE fees.fee < 1;
    IF bad THEN
        UPDATE suspense s SET cleared = TRUE, reason = s.reason || '; ok'
          FROM account a, txn t WHERE t.txn_id = s.txn_id AND a.acct = t.acct AND sgn(t.typ) IS NOT NULL AND NOT s.cleared;
    ELSE
        DELETE FROM account WHERE balance = 0 AND last_txn IS NULL;
    END IF;
    UPDATE ctl SET last_id = CASE WHEN cnt > 0 THEN maxid ELSE last_id END WHERE name = 'POST';
END;
$PROC$;
