create or replace function pay.workdays(p_from date, p_to date) returns integer language sql immutable as
'select count(*)::int from generate_series($1, $2, interval ''1 day'') d where extract(isodow from d) < 6';

create or replace procedure pay.run_month(p_month date, p_dry_run boolean default false)
language plpgsql as $$
declare
  m_from date := date_trunc('month', p_month)::date;
  m_to   date := (date_trunc('month', p_month) + '1 month'::interval)::date - 1;
  in_month daterange := daterange(m_from, m_to, '[]');
  all_days int := pay.workdays(m_from, m_to);
  n int;
begin
  -- take an earlier run of the month out of the year's totals
  update pay.ytd y
     set gross = y.gross - s.gross, tax = y.tax - coalesce(s.tax, 0), months = y.months - 1
    from pay.slip s
   where s.run_month = m_from and s.emp_id = y.emp_id and y.year = extract(year from m_from);
  delete from pay.slip where run_month = m_from;

  insert into pay.slip (run_month, emp_id, gross, days_paid, note)
  select m_from, e.emp_id,
         coalesce(e.base, 0) * d.worked / all_days,
         d.worked,
         case when e.left_on between m_from and m_to then 'leaver' when e.hired > m_from then 'joiner' when e.base is null then 'no base' end
    from hrm.emp e
   cross join lateral (
         select greatest(0, pay.workdays(greatest(e.hired, m_from), least(coalesce(e.left_on, m_to), m_to))
                - coalesce((select sum(pay.workdays(lower(a.during * in_month), upper(a.during * in_month) - 1))
                              from hrm.absence a
                             where a.emp_id = e.emp_id and a.kind = 'unpaid' and a.during && in_month), 0))::int as worked) d
   where daterange(e.hired, e.left_on, '[]') && in_month;

  update pay.slip s
     set tax = b.fixed + (s.gross - lower(b.bracket)) * b.pct / 100,
         child_allow = coalesce(e.children, 0) * 50
    from hrm.emp e
    left join pay.bracket b on b.tax_class = e.tax_class
   where e.emp_id = s.emp_id and s.run_month = m_from
     and (b.bracket is null or b.bracket @> s.gross);
  update pay.slip set net = gross - coalesce(tax, 0) + child_allow where run_month = m_from;

  if not p_dry_run then
    insert into pay.ytd as y (emp_id, year, gross, tax, months)
    select emp_id, extract(year from run_month), gross, coalesce(tax, 0), 1 from pay.slip where run_month = m_from
    on conflict (emp_id, year) do update set gross = y.gross + excluded.gross, tax = y.tax + excluded.tax, months = y.months + 1;
    get diagnostics n = row_count;

    delete from pay.ledger where run_month = m_from;
    insert into pay.ledger
    select m_from, v.account, sum(v.amount)
      from pay.slip s
     cross join lateral (values ('4100', s.gross), ('1740', -s.tax), ('1740', s.child_allow), ('1200', -s.net)) v (account, amount)
     where s.run_month = m_from
     group by v.account
    having n > 0;
  end if;
end $$;
