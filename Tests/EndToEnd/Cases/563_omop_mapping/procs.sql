CREATE OR REPLACE PROCEDURE omop.etl_conditions(_gap int DEFAULT 30)
LANGUAGE plpgsql AS $_$
DECLARE
  _max_id bigint;
BEGIN
  INSERT INTO omop.person (gender_concept_id, year_of_birth, person_source_value)
  SELECT CASE p.sex WHEN 'M' THEN 8507 WHEN 'F' THEN 8532 ELSE 0 END, extract(year FROM p.born), p.pat
    FROM ehr.patient p
   WHERE p.pat NOT IN (SELECT person_source_value FROM omop.person WHERE person_source_value IS NOT NULL)
   ORDER BY p.pat;

  SELECT coalesce(max(condition_id), 0) INTO _max_id FROM omop.condition_occurrence;

  INSERT INTO omop.condition_occurrence
  SELECT _max_id + row_number() OVER (ORDER BY d.enc), pe.person_id, coalesce(std.concept_id, 0), d.diagnosed, upper(trim(d.icd)), coalesce(src.concept_id, 0)
    FROM ehr.diagnosis d
    JOIN omop.person pe ON pe.person_source_value = d.pat
    LEFT JOIN ehr.patient pt ON pt.pat = d.pat
    LEFT JOIN omop.concept src ON src.code = upper(trim(d.icd)) AND src.vocab = 'ICD10' AND src.valid_to >= d.diagnosed AND src.valid_to = (SELECT min(c.valid_to) FROM omop.concept c WHERE c.code = src.code AND c.vocab = src.vocab AND c.valid_to >= d.diagnosed)
    LEFT JOIN (omop.concept_relationship cr JOIN omop.concept std ON std.concept_id = cr.c2 AND std.standard = 'S') ON cr.c1 = src.concept_id AND cr.rel = 'Maps to'
   WHERE d.status IS DISTINCT FROM 'entered-in-error' AND d.icd IS NOT NULL
     AND (pt.died IS NULL OR d.diagnosed <= pt.died)
     AND NOT EXISTS (SELECT 1 FROM omop.condition_occurrence o WHERE o.person_id = pe.person_id AND o.start_date = d.diagnosed AND o.source_value = upper(trim(d.icd)));

  -- eras: occurrences not further apart than the gap
  TRUNCATE omop.condition_era;
  INSERT INTO omop.condition_era
  SELECT person_id, concept_id, min(start_date), max(start_date) + _gap, count(*)
    FROM (SELECT o.*, count(*) FILTER (WHERE o.is_start) OVER (PARTITION BY person_id, concept_id ORDER BY start_date, condition_id) AS era
            FROM (SELECT c.*, coalesce(start_date - lag(start_date) OVER (PARTITION BY person_id, concept_id ORDER BY start_date, condition_id) > _gap, TRUE) AS is_start
                    FROM omop.condition_occurrence c WHERE concept_id <> 0) o) e
   GROUP BY person_id, concept_id, era;

  INSERT INTO omop.dq (check_name, violated, total)
  SELECT 'unmapped', count(*) FILTER (WHERE concept_id = 0), count(*) FROM omop.condition_occurrence
  UNION ALL
  SELECT 'no birth year', count(*) - count(year_of_birth), count(*) FROM omop.person
  ON CONFLICT (check_name) DO UPDATE SET violated = EXCLUDED.violated, total = EXCLUDED.total;
END $_$;
