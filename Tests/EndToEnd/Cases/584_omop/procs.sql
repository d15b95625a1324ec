CREATE OR REPLACE PROCEDURE "ETL".load_omop(IN "RunNo" integer, IN p_since timestamp DEFAULT '1900-01-01')
LANGUAGE plpgsql
SET search_path = omop, ehr
AS $BODY$
DECLARE
    v_bad   bigint;  v_total bigint;
    "vNow"  date := CURRENT_DATE;
BEGIN
    /* ---- persons ------------------------------------------------ */
    MERGE INTO person AS p
    USING (
        SELECT pid,
               COALESCE((SELECT m.concept_id FROM concept_map m WHERE m.src = 'gender' AND m.src_code = UPPER(LEFT(TRIM(sex), 1))), 0) AS g,
               CASE WHEN dob ~ '^\d{4}-\d{2}-\d{2}$' THEN SUBSTRING(dob, 1, 4)::int END AS yob,
               NULLIF(TRIM(zip), '0') AS loc
          FROM patients
         WHERE updated IS NULL OR updated >= p_since     -- NULL: never touched
    ) AS s
    ON p.person_source_value = s.pid
    WHEN MATCHED AND (p.gender_concept_id, p.year_of_birth, p.location) IS DISTINCT FROM (s.g, s.yob, s.loc) THEN
        UPDATE SET gender_concept_id = s.g, year_of_birth = s.yob, location = s.loc
    WHEN MATCHED THEN DO NOTHING
    WHEN NOT MATCHED THEN
        INSERT (gender_concept_id, year_of_birth, person_source_value, location) VALUES (s.g, s.yob, s.pid, s.loc);

    /* ---- visits: duplicates of the feed are one ------------------- */
    DELETE FROM condition; DELETE FROM visit;
    INSERT INTO visit (visit_id, person_id, visit_concept_id, start_date, end_date)
    SELECT DISTINCT ON (p.person_id, e.start_ts, UPPER(e.enc_type))
           e.enc_id, p.person_id, COALESCE(m.concept_id, 0), e.start_ts::date,
           CASE WHEN e.end_ts >= e.start_ts THEN e.end_ts::date END
      FROM encounters e
      JOIN person p ON p.person_source_value = e.pid
      LEFT JOIN concept_map m ON m.src = 'visit' AND m.src_code = UPPER(e.enc_type)
     ORDER BY p.person_id, e.start_ts, UPPER(e.enc_type), e.enc_id;

    INSERT INTO condition (person_id, concept_id, start_date, visit_id, src, n)
    SELECT v.person_id, m.concept_id, COALESCE(MIN(d.onset), MIN(v.start_date)), v.visit_id, MIN(UPPER(TRIM(d.code))), COUNT(*)
      FROM dx d
      JOIN visit v ON v.visit_id = d.enc_id
      JOIN concept_map m ON m.src = 'icd' AND m.src_code = UPPER(TRIM(d.code))
     GROUP BY v.person_id, m.concept_id, v.visit_id;

    /* ---- data quality ------------------------------------------- */
    SELECT COUNT(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.person_source_value = e.pid)), COUNT(*)
      INTO v_bad, v_total FROM encounters e;
    INSERT INTO dq AS q VALUES ("RunNo", 'orphan encounters', v_bad, v_total)
    ON CONFLICT ON CONSTRAINT dq_pkey DO UPDATE SET bad = EXCLUDED.bad, total = q.total + EXCLUDED.total - q.total;
    IF v_total > 0 AND v_bad::numeric / v_total > 0.5 THEN
        RAISE EXCEPTION 'too many orphans: % of %', v_bad, v_total;
    ELSIF v_bad = 0 THEN
        DELETE FROM dq WHERE run = "RunNo" AND bad = 0;
    END IF;
END;
$BODY$;
