create or replace procedure hr.build_org() language plpgsql as $$
declare
  v_depth int := 0;
  v_rows int;
  v_lvl int;
begin
  truncate hr.closure, hr.org_flat;
  delete from hr.level_stats;
  insert into hr.closure select emp_id, emp_id, 0 from hr.emp;
  loop
    v_depth := v_depth + 1;
    insert into hr.closure (ancestor, descendant, depth)
    select e.manager_id, c.descendant, v_depth
      from hr.closure c join hr.emp e on e.emp_id = c.ancestor
     where c.depth = v_depth - 1
       and e.manager_id is not null
       and exists (select 1 from hr.emp m where m.emp_id = e.manager_id);
    get diagnostics v_rows = row_count;
    exit when v_rows = 0 or v_depth >= 10;
  end loop;

  insert into hr.org_flat (emp_id, path, lvl)
  with recursive t as (
    select emp_id, ename::text as path, 1 as lvl from hr.emp e
     where manager_id is null or not exists (select 1 from hr.emp m where m.emp_id = e.manager_id)
    union all
    select e.emp_id, t.path || '/' || e.ename, t.lvl + 1 from hr.emp e join t on e.manager_id = t.emp_id)
  select emp_id, path, lvl from t;

  update hr.org_flat f
     set reports_direct = x.d, reports_all = x.a, is_leaf = x.a = 0
    from (select ancestor, count(*) filter (where depth = 1) as d, count(*) filter (where depth > 0) as a from hr.closure group by ancestor) x
   where x.ancestor = f.emp_id;

  -- cost from the deepest level up
  select max(lvl) into v_lvl from hr.org_flat;
  while v_lvl >= 1 loop
    update hr.org_flat f
       set cost_all = coalesce((select salary from hr.emp e where e.emp_id = f.emp_id), 0)
                    + coalesce((select sum(k.cost_all) from hr.org_flat k join hr.emp e on e.emp_id = k.emp_id where e.manager_id = f.emp_id), 0)
     where f.lvl = v_lvl;
    v_lvl := v_lvl - 1;
  end loop;

  insert into hr.level_stats
  select lvl, count(*), round(avg(e.salary), 2), sum(count(*)) over (order by lvl)
    from hr.org_flat join hr.emp e using (emp_id) group by lvl;
end $$;
