CREATE PROCEDURE fin.aging(in p_key_date date, in p_buckets int[] default array[0, 30, 60])
LANGUAGE plpgsql
SET search_path TO 'fin', 'erp'
AS $$
BEGIN
  DELETE FROM open_item;
  INSERT INTO open_item (inv_id, cust, open_amount, days_late)
  SELECT i.inv_id, i.cust, i.amount - coalesce(p.paid, 0), greatest(p_key_date - i.due, 0)
    FROM invoice i LEFT JOIN v_paid p USING (inv_id)
   WHERE i.amount IS NOT NULL;

  UPDATE open_item o
     SET bucket = CASE width_bucket(o.days_late, p_buckets)
                    WHEN 0 THEN '0' WHEN 1 THEN '1-' || p_buckets[2] WHEN 2 THEN p_buckets[2] + 1 || '-' || p_buckets[3] ELSE '>' || p_buckets[array_upper(p_buckets, 1)] END
   WHERE o.days_late IS NOT NULL;

  -- first with the old limits
  INSERT INTO customer_risk AS r (cust, exposure, worst_bucket)
  SELECT cust, exposure, worst FROM v_exposure
  ON CONFLICT (cust) DO UPDATE SET exposure = EXCLUDED.exposure, worst_bucket = EXCLUDED.worst_bucket;
  UPDATE customer_risk r SET limit_hit = r.exposure > v.max_exposure, score = v.items / 3.0
    FROM v_exposure v WHERE v.cust = r.cust AND v.max_exposure IS NOT NULL;

  DELETE FROM open_item WHERE open_amount <= 0;
  DELETE FROM customer_risk r WHERE NOT EXISTS (SELECT FROM v_open v WHERE v.cust = r.cust) AND NOT r.limit_hit;
END $$;
