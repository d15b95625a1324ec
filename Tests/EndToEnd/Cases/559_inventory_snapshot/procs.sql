CREATE OR REPLACE PROCEDURE snap.snapshot_inventory(IN p_upto date, IN p_rebuild_from date DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
  v_from date;
  v_last snap.watermark.upto%TYPE;
BEGIN
  SELECT w.upto INTO STRICT v_last FROM snap.watermark w WHERE w.name = 'inventory';
  v_from := LEAST(v_last + 1, COALESCE(p_rebuild_from, v_last + 1));
  IF v_from > p_upto THEN
    RETURN;
  END IF;
  DELETE FROM snap.day WHERE d >= v_from;

  INSERT INTO snap.day (sku, wh, d, on_hand, value, is_carried, days_since)
  SELECT k.sku, k.wh, c.d::date,
         COALESCE(o.on_hand, 0) + COALESCE(sum(sum(m.qty)) OVER w, 0),
         (COALESCE(o.on_hand, 0) + COALESCE(sum(sum(m.qty)) OVER w, 0)) * max(cost.unit_cost),
         count(m.id) = 0,
         c.d::date - max(max(m.d)) OVER w
    FROM (SELECT DISTINCT sku, COALESCE(wh, '??') AS wh FROM wms.move WHERE d <= p_upto) k
   CROSS JOIN generate_series(v_from, p_upto, interval '1 day') c (d)
    LEFT JOIN snap.day o ON o.sku = k.sku AND o.wh = k.wh AND o.d = v_from - 1
    LEFT JOIN wms.move m ON m.sku = k.sku AND COALESCE(m.wh, '??') = k.wh AND m.d = c.d
    LEFT JOIN LATERAL (SELECT x.unit_cost FROM wms.move x WHERE x.sku = k.sku AND x.d <= c.d AND x.unit_cost IS NOT NULL ORDER BY x.d DESC, x.id DESC LIMIT 1) cost ON true
   GROUP BY k.sku, k.wh, c.d, o.on_hand
  WINDOW w AS (PARTITION BY k.sku, k.wh ORDER BY c.d);

  DELETE FROM snap.day s WHERE s.on_hand = 0 AND s.is_carried AND s.d >= v_from;
  UPDATE snap.watermark SET upto = GREATEST(upto, p_upto) WHERE name = 'inventory';
END $$;
