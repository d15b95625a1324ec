create or replace procedure bk.grant_requests() language plpgsql as $$
declare r bk.request%rowtype; v_block int;
begin
  delete from bk.waitlist;
  for r in select * from bk.request q where not exists (select 1 from bk.booking b where b.req_id = q.req_id)
           order by prio nulls last, req_id
  loop
    select b.req_id into v_block from bk.booking b
     where b.room_id = r.room_id and b.from_ts < r.to_ts and b.to_ts > r.from_ts
     order by b.from_ts, b.req_id limit 1;
    if found then
      insert into bk.waitlist values (r.req_id, v_block, 'overlap');
    else
      insert into bk.booking values (r.req_id, r.room_id, r.from_ts, r.to_ts);
    end if;
  end loop;
end $$;
