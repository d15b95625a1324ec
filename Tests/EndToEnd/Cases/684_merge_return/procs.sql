create procedure ops.run(p_name text) language plpgsql as $$
declare j ops.job%rowtype; n int; v_new int;
begin
  begin
    select * into strict j from ops.job where name = p_name for update nowait;
  exception
    when no_data_found then
      insert into ops.skip_log values (p_name, 'unknown job');
      return;
    when lock_not_available then
      insert into ops.skip_log values (p_name, 'locked');
      return;
  end;
  update ops.job set state = 'busy', runs = runs + 1 where name = p_name;
  merge into ops.agg a using (select k, sum(v) as s, array_agg(id order by id) as ids, max(id) as m from src.tick where id > coalesce(j.last_id, 0) group by k) t on a.k = t.k
  when matched and t.s is null then do nothing
  when matched then update set total = a.total + t.s, seen = a.seen || t.ids
  when not matched and t.s is not null then insert values (t.k, t.s, t.ids);
  get diagnostics n = row_count;
  insert into ops.seq_tab (k) select distinct k from src.tick where id > coalesce(j.last_id, 0) order by k on conflict do nothing;
  get diagnostics v_new = row_count;
  update ops.job set state = 'idle', last_id = (select max(id) from src.tick), tags = array_append(tags, 'run' || runs || ':' || n || '/' || v_new) where name = p_name;
end $$;
