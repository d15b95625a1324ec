create procedure etl.merge_customers() language plpgsql as $$
begin
  MERGE INTO dw.customer AS t
  USING (SELECT id, name, city, coalesce(is_gone, false) AS gone FROM raw.customer) s
  ON (s.id = t.customer_id)
  WHEN MATCHED AND s.gone THEN UPDATE SET status = 'D'
  WHEN MATCHED AND (t.name, t.city) IS DISTINCT FROM (s.name::varchar, s.city) THEN UPDATE SET name = s.name, city = s.city, n = t.n + 1
  WHEN MATCHED THEN DO NOTHING
  WHEN NOT MATCHED AND NOT s.gone THEN INSERT (customer_id, name, city) VALUES (s.id, s.name, s.city);

  MERGE INTO dw.city t
  USING (SELECT city, count(*) AS n FROM dw.customer GROUP BY city) s ON t.city = s.city
  WHEN MATCHED THEN UPDATE SET n = s.n
  WHEN NOT MATCHED THEN INSERT (city, n) VALUES (s.city, s.n);
end $$;
