create or replace procedure cdm.build(p_gap int default 1) language plpgsql as $$
declare
  cur cursor for select id, pid, d1, greatest(coalesce(d2, d1), d1) as d2, cost from src.claim where pid is not null and d1 is not null order by pid, d1, id;
  c record; v_id int := 0; v_pid text := null; v_d1 date; v_d2 date; v_n int; v_cost numeric;
begin
  truncate cdm.visit; delete from cdm.condition; truncate cdm.era;
  open cur;
  loop
    fetch cur into c;
    exit when not found;
    if v_pid is null or c.pid <> v_pid or c.d1 > v_d2 + p_gap then
      if v_pid is not null then
        insert into cdm.visit values (v_id, v_pid, v_d1, v_d2, v_n, v_cost);
      end if;
      v_id := v_id + 1; v_pid := c.pid; v_d1 := c.d1; v_d2 := c.d2; v_n := 1; v_cost := coalesce(c.cost, 0);
    else
      v_d2 := greatest(v_d2, c.d2); v_n := v_n + 1; v_cost := v_cost + coalesce(c.cost, 0);
    end if;
  end loop;
  close cur;
  if v_pid is not null then insert into cdm.visit values (v_id, v_pid, v_d1, v_d2, v_n, v_cost); end if;
  insert into cdm.step (step, name, stats) select 1, 'visits', jsonb_build_object('n', count(*), 'cost', sum(cost)) from cdm.visit;

  insert into cdm.condition (visit_id, concept, d, src_code)
  select v.visit_id, coalesce((select m.concept from src.concept_map m where m.code = cl.code order by m.prio nulls last limit 1), 0), cl.d1, cl.code
  from src.claim cl join cdm.visit v on v.pid = cl.pid and cl.d1 between v.d1 and v.d2
  order by cl.id;

  insert into cdm.era
  select pid, concept, min(d), max(d), count(*) from (
    select v.pid, k.concept, k.d, k.d - (dense_rank() over (partition by v.pid, k.concept order by k.d))::int as grp
    from cdm.condition k join cdm.visit v using (visit_id) where k.concept <> 0
  ) q group by pid, concept, grp;
  insert into cdm.step (step, name, stats)
  select 2, 'unmapped', coalesce(jsonb_object_agg(coalesce(src_code, '(null)'), n), '{}') from (select src_code, count(*) as n from cdm.condition where concept = 0 group by src_code) u;
end $$;
