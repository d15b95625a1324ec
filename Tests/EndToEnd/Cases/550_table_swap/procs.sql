CREATE OR REPLACE PROCEDURE live.rebuild_customer()
LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS live.customer_new;
    CREATE TABLE live.customer_new (LIKE live.customer INCLUDING ALL);

    INSERT INTO live.customer_new (id, name, city, score, since)
    SELECT DISTINCT ON (s.id) s.id, s.name, coalesce(s.city, c.city, 'n/a'), s.score, coalesce(c.since, DATE '2024-01-01')
      FROM stage.customer s
      LEFT JOIN live.customer c ON c.id = s.id
     ORDER BY s.id, s.score DESC NULLS LAST;

    UPDATE live.customer_new SET score = score + 1 WHERE city = 'Bern';

    DROP TABLE IF EXISTS live.customer_old;
    ALTER TABLE live.customer RENAME TO customer_old;
    ALTER TABLE live.customer_new RENAME TO customer;
    ALTER TABLE IF EXISTS live.customer OWNER TO CURRENT_USER;
    DROP TABLE live.customer_old;
END $$;
