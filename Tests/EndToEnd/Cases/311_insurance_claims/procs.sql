create or replace procedure etl.claims_load(p_as_of date default '2024-01-31', p_purge boolean default null) language plpgsql set search_path = ins, src, etl as $$
declare
  orphan int; changed bigint; rec record;
begin
  create temp table w on commit drop as
  select c.claim_no, c.policy, p.ver, lower(c.stat) as stat, c.loss, c.reported,
         greatest(c.est - coalesce(c.paid, 0), 0)::numeric(12,2) as reserve, c.paid
    from claim c left join policy p on p.policy = c.policy and c.loss between p.start_d and p.end_d
   where c.reported <= p_as_of;
  create unique index w_ix on w (claim_no); analyze w;

  -- history first (needs the old reserve)
  insert into reserve_hist (claim_no, as_of, old, new, why)
  select k.claim_no, p_as_of, k.reserve, w.reserve,
         case when w.stat = 'closed' and k.state <> 'closed' then 'CLOSE'
              when k.state = 'closed' and w.stat <> 'closed' then 'REOPEN' else 'CHANGE' end
    from claims k join w using (claim_no)
   where k.reserve is distinct from w.reserve or (w.stat = 'closed') is distinct from (k.state = 'closed');
  get diagnostics changed = row_count;

  update claims k
     set (state, reserve, paid, ver, changes, removed) =
         (select case when k.state = 'closed' and w.stat = 'open' then 'reopened'::claim_state
                      when k.state = 'reopened' and w.stat = 'open' then k.state else w.stat::claim_state end,
                 w.reserve, coalesce(w.paid, 0), w.ver, k.changes + 1, false
            from w where w.claim_no = k.claim_no)
   where exists (select 1 from w where w.claim_no = k.claim_no and (w.reserve, coalesce(w.paid, 0)) is distinct from (k.reserve::numeric, k.paid::numeric))
      or exists (select 1 from w where w.claim_no = k.claim_no and (w.stat = 'closed') <> (k.state = 'closed'));

  insert into claims (claim_no, policy, ver, state, reserve, paid, lag_days)
  select w.claim_no, w.policy, w.ver, w.stat::claim_state, w.reserve, coalesce(w.paid, 0), w.reported - w.loss
    from w on conflict (claim_no) do nothing;

  select count(*) filter (where ver is null) as orphans, count(*) as n, max(lag_days) as worst into rec from claims where not removed;
  orphan := rec.orphans;
  if orphan > 0 then
    insert into err (ctx, n) values (format('%s of %s claims without policy, worst lag %s', orphan, rec.n, coalesce(rec.worst::text, '-')), orphan);
  end if;

  update claims set removed = true where not removed and claim_no <> all (select claim_no from w);
  if coalesce(p_purge, changed > 1) then
    delete from claims where removed;
  end if;

  delete from triangle;
  insert into triangle (line, accident_q, dev_q, paid, n)
  select coalesce(p.line, '--'), to_char(w.loss, 'YYYY"Q"Q'),
         (extract(year from age(p_as_of, w.loss)) * 4 + floor(extract(month from age(p_as_of, w.loss)) / 3))::int,
         sum(k.paid), count(*)
    from claims k join w using (claim_no) left join policy p on (p.policy, p.ver) = (k.policy, k.ver)
   group by 1, 2, 3;
  update triangle t set ratio = t.paid / nullif((select sum(u.paid) from triangle u where u.line = t.line), 0);
end $$;
