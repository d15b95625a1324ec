create or replace procedure etl.load_subs(p_run uuid, p_day date, p_soft boolean default true) language plpgsql set search_path from current as $$
declare
  n int; total int := 0;
begin
  create temporary table tmp_sub as
  select s.sub_id, s.account, s.plan, s.mrr::numeric(7,1) as mrr, s.state,
         md5(concat_ws('|', s.plan, s.mrr::numeric(7,1), s.state)) as hash
    from src.subs s;
  alter table tmp_sub add primary key (sub_id);

  -- movements before the history changes
  insert into dm.mrr_moves (month, sub_id, kind, delta)
  select date_trunc('month', p_day), coalesce(t.sub_id, h.sub_id),
         case when h.sub_id is null then 'new' when t.sub_id is null then 'churn'
              when coalesce(t.mrr, 0) > coalesce(h.mrr, 0) then 'up' else 'down' end,
         coalesce(t.mrr, 0) - coalesce(h.mrr, 0)
    from tmp_sub t full join (select * from dm.sub_hist where current_flag = 'Y') h on h.sub_id = t.sub_id
   where coalesce(t.mrr, 0) <> coalesce(h.mrr, 0);
  get diagnostics n = row_count; total := total + n;
  insert into etl.audit (run, step, rows_) values (p_run, 'moves', n);

  -- close what changed and open the next version, in one go
  with closed as (
    update dm.sub_hist h
       set valid = daterange(lower(h.valid), p_day), current_flag = 'N'
      from tmp_sub t
     where t.sub_id = h.sub_id and h.current_flag = 'Y' and h.hash <> t.hash
    returning h.sub_id, h.version
  )
  insert into dm.sub_hist (sub_id, plan, mrr, state, hash, valid, version)
  select t.sub_id, t.plan, t.mrr, t.state, t.hash, daterange(p_day, null), c.version + 1
    from closed c join tmp_sub t using (sub_id)
   order by t.sub_id;
  get diagnostics n = row_count; total := total + n;
  insert into etl.audit (run, step, rows_) values (p_run, 'versions', n);

  insert into dm.sub_hist (sub_id, plan, mrr, state, hash, valid)
  select sub_id, plan, mrr, state, hash, daterange(p_day, null) from tmp_sub t
   where not exists (select 1 from dm.sub_hist h where h.sub_id = t.sub_id and h.current_flag = 'Y')
   order by sub_id;
  get diagnostics n = row_count; total := total + n;
  insert into etl.audit (run, step, rows_) values (p_run, 'new', n);

  if p_soft then
    update dm.sub_hist set current_flag = 'D', valid = daterange(lower(valid), p_day) where current_flag = 'Y' and sub_id not in (select sub_id from tmp_sub);
  else
    delete from dm.sub_hist where current_flag = 'Y' and sub_id not in (select sub_id from tmp_sub);
  end if;

  merge into dm.account_stats a
  using (select account, count(*) as subs, sum(mrr) as mrr, array_agg(distinct plan order by plan) as plans,
                (array_agg(plan order by sub_id))[1] as first_plan,
                jsonb_build_object('ids', jsonb_agg(sub_id order by sub_id), 'avg', round(avg(mrr), 2)) as info
           from tmp_sub where account is not null group by account) s
  on a.account = s.account
  when matched and a.info is distinct from s.info or a.churned then update set subs = s.subs, mrr = s.mrr, plans = s.plans, info = a.info || s.info, churned = false
  when not matched then insert (account, subs, mrr, plans, first_plan, info) values (s.account, s.subs, s.mrr, s.plans, s.first_plan, s.info);
  update dm.account_stats a set churned = true, mrr = 0 where not exists (select from tmp_sub t where t.account = a.account) and not churned;

  drop table tmp_sub;
  insert into etl.audit (run, step, rows_) values (p_run, 'total', total);
exception when others then
  insert into etl.audit (run, step) values (p_run, left('failed: ' || sqlerrm, 60));
  raise;
end $$;
