CREATE OR REPLACE PROCEDURE crm.load_contacts(p_soft_delete boolean DEFAULT true)
LANGUAGE plpgsql
AS $procedure$
DECLARE
    v_new  integer;
    v_upd  integer;
BEGIN
    CREATE TEMP TABLE tmp_contacts ON COMMIT DROP AS
    SELECT DISTINCT ON (s.ext_id)
           s.ext_id,
           trim(s.full_name)                                   AS full_name,
           s.email,
           left(regexp_replace(s.phone, '[^0-9+]', '', 'g'), 20) AS phone,
           s.is_deleted
      FROM crm_stage.contacts s
     WHERE s.ext_id IS NOT NULL
     ORDER BY s.ext_id, s.full_name;

    -- changed ones
    UPDATE crm.contacts c
       SET full_name = t.full_name,
           email     = t.email,
           phone     = t.phone
      FROM tmp_contacts t
     WHERE t.ext_id = c.ext_id
       AND (c.full_name, coalesce(c.email, ''), coalesce(c.phone, '')) IS DISTINCT FROM (t.full_name, coalesce(lower(t.email), ''), coalesce(t.phone, ''));
    GET DIAGNOSTICS v_upd = ROW_COUNT;

    -- new ones
    INSERT INTO crm.contacts (ext_id, full_name, email, phone)
    SELECT t.ext_id, t.full_name, t.email, t.phone
      FROM tmp_contacts t
     WHERE NOT EXISTS (SELECT 1 FROM crm.contacts c WHERE c.ext_id = t.ext_id)
     ORDER BY t.ext_id;
    GET DIAGNOSTICS v_new = ROW_COUNT;

    IF p_soft_delete THEN
        UPDATE crm.contacts SET status = 'deleted'
         WHERE status <> 'deleted'
           AND ext_id IN (SELECT ext_id FROM tmp_contacts WHERE is_deleted = 'Y');
    END IF;
    RAISE NOTICE 'contacts: % new, % updated', v_new, v_upd;
END;
$procedure$;
