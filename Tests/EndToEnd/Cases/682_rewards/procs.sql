create function src.rewards(min_buys int, min_amount numeric, p_today date default '2024-08-15') returns setof src.cust language plpgsql as $_$
declare
  last_month_start date; last_month_end date; rr record; tmp_sql text;
begin
  if min_buys = 0 then raise exception 'minimum of purchases must be > 0'; end if;
  if min_amount = 0.00 then raise exception 'minimum amount must be > 0'; end if;
  last_month_start := p_today - '3 month'::interval;
  last_month_start := to_date((extract(year from last_month_start) || '-' || extract(month from last_month_start) || '-01'), 'YYYY-MM-DD');
  last_month_end := (last_month_start + interval '1 month')::date - 1;
  create temporary table tmp_customer (customer_id int not null primary key);
  tmp_sql := 'insert into tmp_customer (customer_id)
    select p.cust_id from src.pay as p
    where date(p.d) between ' || quote_literal(last_month_start) || ' and ' || quote_literal(last_month_end) || '
    group by cust_id having sum(p.amt) > ' || min_amount || ' and count(id) > ' || min_buys;
  execute tmp_sql;
  for rr in execute 'select c.* from tmp_customer as t inner join src.cust as c on t.customer_id = c.id order by c.id' loop
    return next rr;
  end loop;
  tmp_sql := 'drop table tmp_customer';
  execute tmp_sql;
  return;
end $_$;
