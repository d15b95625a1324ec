create or replace procedure lead.assign(p_limit int default 100) language plpgsql as $$
declare
  v_agents int[];
  v_n int;
  v_pos int;
  v_batch int;
  v_count int := 0;
  l record;
begin
  select array_agg(agent_id order by agent_id), count(*) into v_agents, v_n from lead.agent where on_duty;
  if v_n = 0 then return; end if;
  select last_pos, batches + 1 into strict v_pos, v_batch from lead.pointer where id = 1;
  for l in
    select i.lead_id from lead.inbound i
     where not exists (select 1 from lead.assignment a where a.lead_id = i.lead_id)
     order by i.score desc nulls last, i.arrived, i.lead_id
     limit p_limit
  loop
    v_pos := v_pos % v_n + 1;
    v_count := v_count + 1;
    insert into lead.assignment(lead_id, agent_id, seq, batch) values (l.lead_id, v_agents[v_pos], v_count, v_batch);
  end loop;
  if v_count > 0 then
    update lead.pointer set last_pos = v_pos, batches = v_batch where id = 1;
  end if;
end $$;
