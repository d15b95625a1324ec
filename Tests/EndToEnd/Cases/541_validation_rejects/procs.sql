-- safe casts, the way everybody writes them
create or replace function clean.try_date(p text) returns date language plpgsql immutable as $$
begin
  return p::date;
exception when others then
  return null;
end $$;

create or replace function clean.try_numeric(p_text text, p_dec char(1) default ',') returns numeric language plpgsql immutable strict as $$
declare
  v text := p_text;
begin
  if p_dec = ',' then
    v := replace(replace(v, '.', ''), ',', '.');
  end if;
  if v ~ '^\s*[+-]?\d+(\.\d+)?\s*$' then
    return v::numeric;
  end if;
  return null;
end $$;

create or replace procedure clean.validate_invoices(p_strict boolean default false)
language plpgsql as $$
begin
  truncate clean.reject;
  create temp table v on commit drop as
  select i.line_no, btrim(i.inv_no) as inv_no,
         case when i.inv_date ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d)$' then i.inv_date::date end as inv_date,
         coalesce(substring(i.due_days from '^\d+$')::int, 14) as due_days,
         clean.try_numeric(i.net) as net,
         clean.try_numeric(i.vat_pct, '.') as vat_pct,
         upper(regexp_replace(i.iban, '\s', '', 'g')) as iban,
         nullif(lower(i.email), '') as email
    from inbox.invoice_csv i;

  insert into clean.reject (line_no, field, value, rule)
  select line_no, 'inv_no', inv_no, 'missing' from v where inv_no is null or inv_no = ''
  union all
  select line_no, 'inv_no', inv_no, 'duplicate' from (select line_no, inv_no, count(*) over w as n, row_number() over w as pos from v window w as (partition by inv_no order by line_no rows between unbounded preceding and current row)) d where pos > 1
  union all
  select v.line_no, 'inv_date', r.inv_date, 'no date' from v join inbox.invoice_csv r using (line_no) where v.inv_date is null
  union all
  select v.line_no, 'net', r.net, 'no number' from v join inbox.invoice_csv r using (line_no) where v.net is null and r.net is not null
  union
  select line_no, 'vat_pct', vat_pct::text, 'range' from v where vat_pct not between 0 and 100
  union all
  select line_no, 'iban', iban, 'length' from v where length(iban) not in (20, 22)
  union all
  select line_no, 'email', email, 'format' from v where p_strict and email !~ '^[^@\s]+@[^@\s]+\.[a-z]{2,}$';

  insert into clean.invoice as t (inv_no, inv_date, due, net, vat, iban, email)
  select v.inv_no, v.inv_date, v.inv_date + v.due_days, v.net, round(v.net * v.vat_pct / 100, 2), v.iban, v.email
    from v
   where not exists (select 1 from clean.reject r where r.line_no = v.line_no and r.rule <> 'format')
     and v.net is not null
  on conflict (inv_no) do update set (net, vat) = row(excluded.net, excluded.vat), email = coalesce(t.email, excluded.email);

  insert into clean.quality (rule, failed, last_failed)
  select r.rule, count(*), max(r.line_no) from clean.reject r group by r.rule
  on conflict (rule) do update set failed = quality.failed + excluded.failed, last_failed = excluded.last_failed, history = quality.history || excluded.last_failed;
end $$;
