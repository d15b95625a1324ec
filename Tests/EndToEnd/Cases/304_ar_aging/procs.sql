create or replace procedure etl.batch_start(p_name text, p_as_of date, inout p_id int default null) language plpgsql as $$
begin
  insert into etl.batch (name, as_of) values (p_name, p_as_of) returning batch_id into p_id;
end $$;
create or replace procedure etl.batch_end(p_id int, p_state char default 'S', p_items int default null, p_custs int default null) language sql as $$
  update etl.batch set state = p_state, n_items = coalesce(p_items, n_items), n_custs = p_custs, finished_at = now() where batch_id = p_id;
$$;
create or replace function etl.bucket(p_days int) returns varchar language plpgsql immutable as $$
begin
  if p_days is null or p_days <= 0 then return 'b0';
  elsif p_days <= 30 then return 'b30';
  elsif p_days <= 60 then return 'b60';
  end if;
  return 'b90';
end $$;

CREATE OR REPLACE PROCEDURE etl.ar_aging(p_as_of date, p_terms int DEFAULT 30)
LANGUAGE plpgsql AS $$
DECLARE
  l_batch int;
  l_items int := 0;
  l_custs int;
  l_grand mart.aging.total%type;
BEGIN
  CALL etl.batch_start('AR aging', p_as_of, l_batch);
  BEGIN
    DELETE FROM mart.open_items WHERE as_of = p_as_of;
    INSERT INTO mart.open_items
    SELECT p_as_of, i.inv_no, i.cust,
           i.amount - COALESCE(p.paid, 0),
           p_as_of - COALESCE(i.due_date, i.inv_date + p_terms),
           etl.bucket(p_as_of - COALESCE(i.due_date, i.inv_date + p_terms)),
           l_batch
      FROM src.invoices i
      LEFT JOIN (SELECT inv_no, SUM(amount) AS paid FROM src.payments WHERE paid_on <= p_as_of GROUP BY inv_no) p ON p.inv_no = i.inv_no
     WHERE i.inv_date <= p_as_of
       AND i.void IS NOT TRUE   -- NULL counts as not void
       AND round(i.amount - COALESCE(p.paid, 0), 2) <> 0;
    GET DIAGNOSTICS l_items := ROW_COUNT;

    DELETE FROM mart.aging WHERE as_of = p_as_of;
    INSERT INTO mart.aging (as_of, cust, b0, b30, b60, b90, total)
    SELECT p_as_of, cust,
           SUM(CASE WHEN bucket = 'b0' THEN open_amt END),
           SUM(open_amt) FILTER (WHERE bucket = 'b30'),
           COALESCE(SUM(CASE bucket WHEN 'b60' THEN open_amt ELSE 0 END), 0),
           SUM(open_amt) FILTER (WHERE bucket = 'b90'), SUM(open_amt)
      FROM mart.open_items o WHERE o.as_of = p_as_of GROUP BY cust;
    GET DIAGNOSTICS l_custs := ROW_COUNT;
    SELECT SUM(total) INTO l_grand FROM mart.aging WHERE as_of = p_as_of AND total > 0;
    IF l_grand > 0 THEN
      UPDATE mart.aging SET pct = total * 100 / l_grand WHERE as_of = p_as_of;
    END IF;

    WITH u AS (
      SELECT pay_id, amount FROM src.payments p WHERE NOT EXISTS (SELECT 1 FROM src.invoices i WHERE i.inv_no = p.inv_no) AND paid_on <= p_as_of
    )
    INSERT INTO mart.unapplied AS x (pay_id, amount, first_seen, last_seen)
    SELECT pay_id, amount, p_as_of, p_as_of FROM u
    ON CONFLICT (pay_id) DO UPDATE SET last_seen = GREATEST(x.last_seen, EXCLUDED.last_seen), times = x.times + 1;
    DELETE FROM mart.unapplied WHERE last_seen < p_as_of;
  EXCEPTION
    WHEN OTHERS THEN
      CALL etl.batch_end(l_batch, 'F');
      RAISE;
  END;
  CALL etl.batch_end(l_batch, p_custs => l_custs, p_items => l_items);
END $$;
