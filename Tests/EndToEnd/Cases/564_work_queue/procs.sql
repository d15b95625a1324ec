create or replace procedure q.work(p_limit int default 2, p_max_tries int default 3)
language plpgsql
set work_mem to '16MB'
as $$
declare
  v_ids int[];
  v_done int;
begin
  perform pg_advisory_xact_lock(hashtext('q.work'));
  set local lock_timeout = '5s';
  lock table q.job in share row exclusive mode;

  insert into q.job (msg_id, kind) select msg_id, kind from q.inbox where kind <> 'ping' order by prio, msg_id on conflict (msg_id) do nothing;

  with picked as (
    select j.job_id from q.job j
     where j.state in ('NEW', 'FAILED') and j.tries < p_max_tries
     order by j.tries desc, j.job_id
     limit p_limit
     for update skip locked
  ), started as (
    update q.job j set state = 'RUN', tries = j.tries + 1, picked = clock_timestamp()
      from picked where picked.job_id = j.job_id
    returning j.job_id, j.msg_id
  )
  select array_agg(msg_id order by job_id) into v_ids from started;

  insert into q.ledger (order_id, amt, msg_id)
  select (i.payload ->> 'id')::int, (i.payload ->> 'amt')::numeric, i.msg_id
    from q.inbox i
   where i.msg_id = any (v_ids) and i.payload ->> 'id' ~ '^\d+$'
  on conflict do nothing;
  get diagnostics v_done = row_count;

  update q.job j
     set state = case when exists (select from q.ledger l where l.msg_id = j.msg_id) then 'DONE' else 'FAILED' end,
         err = case when not exists (select from q.ledger l where l.msg_id = j.msg_id) then 'no ledger row, ' || v_done || ' others' end
   where j.state = 'RUN';
  delete from q.stat;
  insert into q.stat select state, count(*) from q.job group by state;
end $$;
