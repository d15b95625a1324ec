CREATE OR REPLACE PROCEDURE mdm.match_people() LANGUAGE plpgsql AS $$
DECLARE
    changed int := 1;
    rounds  int := 0;
BEGIN
    DELETE FROM mdm.cluster;
    INSERT INTO mdm.cluster SELECT id, id FROM crm.people;

    CREATE TEMP TABLE IF NOT EXISTS edges (a int, b int);
    TRUNCATE edges;
    INSERT INTO edges
    SELECT p.id, q.id FROM crm.people p JOIN crm.people q ON p.id <> q.id
      AND (lower(trim(p.email)) = lower(trim(q.email)) OR p.phone = q.phone);

    -- smallest id wins until nothing changes
    WHILE changed > 0 LOOP
        UPDATE mdm.cluster c SET cluster_id = n.low
          FROM (SELECT e.a, min(k.cluster_id) AS low FROM edges e JOIN mdm.cluster k ON k.id = e.b GROUP BY e.a) n
         WHERE n.a = c.id AND n.low < c.cluster_id;
        GET DIAGNOSTICS changed = ROW_COUNT;
        rounds := rounds + 1;
    END LOOP;

    DELETE FROM mdm.golden g WHERE NOT EXISTS (SELECT 1 FROM mdm.cluster c WHERE c.cluster_id = g.cluster_id);
    INSERT INTO mdm.golden AS g (cluster_id, email, phone, name, members, sources)
    SELECT c.cluster_id,
           (array_agg(lower(trim(p.email)) ORDER BY p.updated DESC NULLS LAST, p.id) FILTER (WHERE p.email IS NOT NULL))[1],
           (array_agg(p.phone ORDER BY p.updated DESC NULLS LAST, p.id) FILTER (WHERE p.phone IS NOT NULL))[1],
           (array_agg(p.name ORDER BY length(p.name) DESC, p.id) FILTER (WHERE p.name IS NOT NULL))[1],
           count(*), array_agg(p.id::text ORDER BY p.id)
      FROM mdm.cluster c JOIN crm.people p USING (id)
     GROUP BY c.cluster_id
    ON CONFLICT (cluster_id) DO UPDATE SET email = excluded.email, phone = excluded.phone, name = coalesce(excluded.name, g.name), members = excluded.members, sources = excluded.sources;
    INSERT INTO mdm.runs (n, rounds) SELECT count(*), rounds FROM mdm.golden;
END $$;
