create function com.tiered(p_plan text, p_base numeric) returns numeric language plpgsql stable as $$
declare v numeric := 0; t record;
begin
  if p_base <= 0 then
    return round(p_base * 0.05, 2);
  end if;
  for t in select from_amt, to_amt, rate from com.tier where plan = p_plan and from_amt < p_base order by from_amt loop
    v := v + (least(coalesce(t.to_amt, p_base), p_base) - t.from_amt) * t.rate;
  end loop;
  return round(v, 2);
end $$;

create function com.month_start(d date) returns date language sql immutable as $$ select date_trunc('month', d)::date $$;

create procedure com.note_exception(p_month date, p_rep int, p_what text) language plpgsql as $$
begin
  insert into com.exceptions(month, rep_id, what) values (p_month, p_rep, left(p_what, 60));
end $$;

create or replace procedure com.run_month(p_month date) language plpgsql as $$
declare
  v_from date := com.month_start(p_month);
  v_to date := (com.month_start(p_month) + interval '1 month')::date;
  r record;
  v_paid numeric;
  v_pay numeric;
  v_cap numeric;
  v_is_capped boolean;
begin
  -- a rerun takes back what was paid
  update com.ytd y set paid = y.paid - p.commission
    from com.payout p where p.rep_id = y.rep_id and p.month = v_from and y.year = extract(year from v_from)::int;
  delete from com.payout where month = v_from;
  delete from com.exceptions where month = v_from;

  create temporary table tmp_base on commit drop as
  select s.rep_id, sum(d.amount * s.pct / 100) as base, count(*) filter (where d.amount is null) as n_null
    from com.deal d join com.split s on s.deal_id = d.deal_id
   where d.status = 'closed' and d.closed_on >= v_from and d.closed_on < v_to
   group by s.rep_id;

  for r in
    select t.rep_id, rep.plan, rep.left_on, t.base, t.n_null, com.tiered(rep.plan, coalesce(t.base, 0)) as commission
      from tmp_base t join com.rep rep on rep.rep_id = t.rep_id
     order by t.rep_id
  loop
    if not exists (select 1 from com.tier where plan = r.plan) then
      call com.note_exception(v_from, r.rep_id, 'no tiers for plan ' || r.plan);
      continue;
    end if;
    if r.n_null > 0 then
      call com.note_exception(v_from, r.rep_id, format('%s deal(s) without amount', r.n_null));
    end if;
    select yearly into v_cap from com.cap where plan = r.plan;
    select paid into v_paid from com.ytd where rep_id = r.rep_id and year = extract(year from v_from);
    v_paid := coalesce(v_paid, 0);
    v_pay := r.commission;
    v_is_capped := false;
    if v_cap is not null and v_paid + v_pay > v_cap then
      v_pay := greatest(v_cap - v_paid, 0);
      v_is_capped := true;
    end if;
    if r.left_on is not null and r.left_on < v_to then
      v_pay := round(v_pay / 2, 2);
      call com.note_exception(v_from, r.rep_id, 'left on ' || r.left_on);
    end if;
    insert into com.payout values (r.rep_id, v_from, coalesce(r.base, 0), v_pay, v_is_capped);
    insert into com.ytd values (r.rep_id, extract(year from v_from), v_paid + v_pay)
    on conflict (rep_id) do update set paid = case when com.ytd.year = excluded.year then com.ytd.paid + v_pay else v_pay end, year = excluded.year;
  end loop;
  drop table tmp_base;
end $$;
