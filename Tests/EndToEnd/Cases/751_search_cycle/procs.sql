create procedure g.walk_all() language plpgsql as $$
declare n int; total int := 0; k bigint; v_from int := 1;
begin
  truncate g.reach, g.ordered, g.looped;
  -- nothing but CYCLE ends this walk
  with recursive w(start_id, id, depth) as (
    select distinct a, a, 0 from g.edge where a is not null
    union all
    select w.start_id, e.b, w.depth + 1 from w join g.edge e on e.a = w.id
  ) cycle id set is_cycle using path, top as (select max(depth) as d from w)
  insert into g.reach select start_id, id, depth from w where depth < (select d + 1 from top);

  with recursive t as (
    select b as id, a as parent, 1 as depth from g.edge where a = 1
    union all
    select e.b, e.a, t.depth + 1 from t join g.edge e on e.a = t.id where t.depth < 5
  ) search depth first by id, parent set ord
  insert into g.ordered select row_number() over (order by ord, id), id, depth from t;

  with recursive c as (
    select a, b from g.edge where a = 1
    union all
    select e.a, e.b from c, g.edge e where e.a = c.b
  ) search breadth first by a set s cycle a, b set how to 'Y' default 'N' using p
  insert into g.looped select b, how, cardinality(p) from c;

  select count(*) into n from (
    with recursive z as (select 1 as i union all select i % 3 + 1 from z) cycle i set x using y
    select i from z) q;
  insert into g.looped values (n, '#', n);

  -- The walk begins elsewhere each time, and the loop reads what it writes.
  while v_from <= 3 and total < 500 loop
    with recursive w(id, depth) as (
      select v_from, 0 union all select e.b, w.depth + 1 from w join g.edge e on e.a = w.id where w.depth < 9
    ) cycle id set c using p
    select count(*) + (select count(*) from g.looped) into k from w;
    total := total + k;
    insert into g.looped values (v_from, 'L', k);
    v_from := v_from + 1;
  end loop;
end $$;
