create or replace function loy.tier_of(p_points int) returns varchar language plpgsql immutable as $f$
declare t varchar(6);
begin
  t := case when p_points >= 2000 then 'gold' when p_points >= 100 then 'silver' else 'basic' end;
  return t;
end $f$;

CREATE OR REPLACE FUNCTION etl.best_rule(p_channel text, p_amt numeric, p_day date) RETURNS int LANGUAGE sql STABLE AS $f$
  SELECT r.rule FROM src.rules r
   WHERE (r.channel IS NULL OR r.channel = lower(p_channel)) AND p_amt >= r.min_amt AND p_day BETWEEN r.since AND coalesce(r.till, 'infinity'::date)
   ORDER BY r.factor DESC, r.rule LIMIT 1
$f$;

create or replace procedure etl.earn(p_day date, p_min_points int default 1)
language plpgsql as $$
declare
  v_step int := 0;
  v_cnt  int;
begin
  -- 1: members we have never seen
  with fresh as (
    select p.member, min(p.bought)::date as first_day
      from src.purchases p
      left join loy.member m on m.code = p.member
     where m.member_id is null and p.member is not null and p.bought < p_day + 1
     group by p.member
     order by min(p.bought), p.member
  )
  insert into loy.member (code, joined) select member, first_day from fresh order by first_day, member;
  get diagnostics v_cnt = row_count;
  v_step := v_step + 1;
  insert into etl.proc_log values ('earn', v_step, 'members', v_cnt);

  -- 2: ledger
  insert into loy.ledger (member_id, purchase, pts, rule, booked)
  select m.member_id, p.id, floor(p.amt * r.factor)::int, r.rule, p_day
    from src.purchases p
    join loy.member m on m.code = p.member
    join src.rules r on r.rule = etl.best_rule(p.channel, p.amt, p.bought::date)
   where p.bought < p_day + 1
     and floor(p.amt * r.factor) >= p_min_points
     and not exists (select 1 from loy.ledger l where l.purchase = p.id)
   order by p.id;
  if found then
    get diagnostics v_cnt = row_count;
    v_step := v_step + 1;
    insert into etl.proc_log values ('earn', v_step, 'ledger', v_cnt);
  else
    insert into etl.proc_log values ('earn', v_step, 'no ledger', 0);
  end if;

  -- 3: points and tiers
  update loy.member m set points = coalesce(s.pts, 0)
    from (select x.member_id, sum(l.pts) as pts from loy.member x left join loy.ledger l using (member_id) group by x.member_id) s
   where s.member_id = m.member_id and m.points <> coalesce(s.pts, 0);
  update loy.tier_hist h set to_day = p_day
    from loy.member m where m.member_id = h.member_id and h.to_day is null and h.tier <> loy.tier_of(m.points);
  insert into loy.tier_hist (member_id, tier, from_day)
  select m.member_id, loy.tier_of(m.points), p_day from loy.member m
   where not exists (select from loy.tier_hist h where h.member_id = m.member_id and h.to_day is null)
  on conflict (member_id, from_day) do update set tier = excluded.tier, to_day = null;
  update loy.member set tier = (select h.tier from loy.tier_hist h where h.member_id = member.member_id and h.to_day is null);

  v_step := v_step + 1;
  insert into etl.proc_log
  select 'earn', v_step + row_number() over (order by tier), tier, count(*) from loy.member group by tier;
end $$;
