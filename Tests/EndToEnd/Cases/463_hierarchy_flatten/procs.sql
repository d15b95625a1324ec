create procedure etl.p_org(p_max_depth int default 20) language plpgsql as $$
declare
    v_depth    int := 0;
    v_inserted int;
    v_updated  int := 0;
    r          record;
begin
    truncate dw.org;
    insert into dw.org (emp_id, boss_id, top_id, depth, path, reports)
    select e.id, null, e.id, 0, '/' || e.id, 0
      from src.employee e
     where e.boss_id is null;
    get diagnostics v_inserted = row_count;
    while v_inserted > 0 and v_depth < p_max_depth loop
        insert into dw.org (emp_id, boss_id, top_id, depth, path, reports)
        select e.id, e.boss_id, o.top_id, o.depth + 1, o.path || '/' || e.id, 0
          from src.employee e
          join dw.org o on o.emp_id = e.boss_id
         where o.depth = v_depth;
        get diagnostics v_inserted = row_count;
        insert into dw.org_log (depth, found) values (v_depth + 1, v_inserted);
        v_depth := v_depth + 1;
    end loop;
    -- employees that no root reaches
    for r in select e.id, e.boss_id from src.employee e where not exists (select 1 from dw.org o where o.emp_id = e.id) order by e.id loop
        insert into dw.org (emp_id, boss_id, top_id, depth, path, reports) values (r.id, r.boss_id, null, -1, null, 0);
    end loop;
    -- sum up from the leaves
    for v_level in reverse v_depth .. 1 loop
        update dw.org b
           set reports = b.reports + s.n
          from (select boss_id, sum(reports + 1) as n from dw.org where depth = v_level group by boss_id) s
         where b.emp_id = s.boss_id and b.depth = v_level - 1;
        get diagnostics v_updated = row_count;
        insert into dw.org_log (depth, found) values (-v_level, v_updated);
    end loop;
end $$;
