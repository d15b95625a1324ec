CREATE OR REPLACE PROCEDURE gdpr.purge(p_day date, p_retention interval DEFAULT '3 years', p_hard boolean DEFAULT false)
LANGUAGE plpgsql AS $$
DECLARE
    v_ids   int[];
    v_addr  int;
    v_cnt   int := 0;
BEGIN
    SELECT array_agg(DISTINCT r.person_id ORDER BY r.person_id)
      INTO v_ids
      FROM app.erasure_request r
      JOIN gdpr.person p ON p.person_id = r.person_id
     WHERE r.requested <= p_day AND NOT COALESCE(r.legal_hold, FALSE) AND p.erased_at IS NULL;

    IF v_ids IS NULL OR cardinality(v_ids) = 0 THEN
        RAISE NOTICE 'nobody to erase';
    ELSE
        INSERT INTO gdpr.tombstone (person_hash, erased_on, rows_removed, reason)
        SELECT md5(p.person_id::text || COALESCE(p.email, '')), p_day,
               (SELECT count(*) FROM gdpr.address a WHERE a.person_id = p.person_id) + (SELECT count(*) FROM gdpr.message m WHERE m.person_id = p.person_id),
               CASE WHEN p_hard THEN 'deleted' ELSE 'anonymised' END
          FROM gdpr.person p
         WHERE p.person_id = ANY (v_ids)
        ON CONFLICT DO NOTHING;

        DELETE FROM gdpr.address WHERE person_id = ANY (v_ids);
        GET DIAGNOSTICS v_addr = ROW_COUNT;
        v_cnt := v_cnt + v_addr;

        IF p_hard THEN
            DELETE FROM gdpr.person WHERE person_id = ANY (v_ids);   -- messages lose their person
        ELSE
            UPDATE gdpr.person
               SET name = 'erased-' || person_id, email = NULL, born = date_trunc('year', born), ip = NULL, token = NULL, erased_at = now()
             WHERE person_id = ANY (v_ids);
            UPDATE gdpr.message SET body = regexp_replace(body, '[0-9]{3}-?[0-9]{4}|[^ ]+@[^ ]+', '***', 'g') WHERE person_id = ANY (v_ids);
        END IF;
    END IF;

    -- retention for all
    WITH gone AS (
        DELETE FROM gdpr.message m WHERE m.sent < p_day - p_retention RETURNING m.*
    )
    INSERT INTO gdpr.message_archive (msg_id, person_id, body, sent)
    SELECT g.msg_id, g.person_id, left(g.body, 8), date_trunc('month', g.sent) FROM gone g;
END $$;
