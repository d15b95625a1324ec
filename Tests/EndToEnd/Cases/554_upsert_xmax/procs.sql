CREATE OR REPLACE PROCEDURE dwh.upsert_devices(p_job text DEFAULT 'devices')
LANGUAGE plpgsql AS $$
DECLARE
    v_ins integer; v_upd integer; v_all bigint;
BEGIN
    WITH src AS (
        SELECT serial, (array_agg(model ORDER BY seen DESC))[1] AS model, max(fw) AS fw, min(seen) AS first_seen, max(seen) AS last_seen
          FROM api.device GROUP BY serial
    ), upserted AS (
        INSERT INTO dwh.device AS d (serial, model, fw, first_seen, last_seen)
        SELECT serial, model, fw, first_seen, last_seen FROM src
        ON CONFLICT (serial) DO UPDATE
           SET model = EXCLUDED.model, fw = COALESCE(EXCLUDED.fw, d.fw), last_seen = GREATEST(d.last_seen, EXCLUDED.last_seen)
         WHERE (d.model, d.fw, d.last_seen) IS DISTINCT FROM (EXCLUDED.model, COALESCE(EXCLUDED.fw, d.fw), GREATEST(d.last_seen, EXCLUDED.last_seen))
        RETURNING (xmax = 0) AS is_insert, serial
    )
    SELECT count(*) FILTER (WHERE is_insert), count(*) FILTER (WHERE NOT is_insert), count(*)
      INTO v_ins, v_upd, v_all
      FROM upserted;

    INSERT INTO dwh.load_stat (job, inserted, updated, total) VALUES (p_job, v_ins, v_upd, v_all);
END $$;
