create or replace procedure etl.build_hierarchy(p_max_level int default 10) language plpgsql as $$
declare v_level int := 1; v_rows int; v_col text;
begin
  create temp table t_node (id int, parent int, level int, path text, names text[]) on commit drop;
  insert into t_node select id, parent, 1, '/' || name, array[name] from src.node where parent is null;
  get diagnostics v_rows = row_count;
  while v_rows > 0 and v_level < p_max_level loop
    insert into t_node
    select c.id, c.parent, v_level + 1, t.path || '/' || c.name, t.names || c.name
    from src.node c join t_node t on t.id = c.parent and t.level = v_level;
    get diagnostics v_rows = row_count;
    v_level := v_level + 1;
  end loop;

  truncate dw.node_bridge;
  with recursive b as (
    select id as ancestor, id as descendant, 0 as depth from t_node
    union all
    select b.ancestor, t.id, b.depth + 1 from b join t_node t on t.parent = b.descendant
  )
  insert into dw.node_bridge select * from b;

  delete from dw.dim_node;
  insert into dw.dim_node (id, level, path) select id, level, path from t_node;
  foreach v_col in array array['l1', 'l2', 'l3'] loop
    execute format('update dw.dim_node d set %I = t.names[$1] from t_node t where t.id = d.id', v_col)
      using substr(v_col, 2)::int;
  end loop;
  update dw.dim_node d
     set is_leaf = not exists (select 1 from t_node t where t.parent = d.id),
         subtotal = (select sum(n.val) from dw.node_bridge b join src.node n on n.id = b.descendant where b.ancestor = d.id);
end $$;
