create function net.compute_hops(p_start int, p_max int default 3) returns int language plpgsql as $$
declare v_round int := 0; v_new int; v_total int := 0;
begin
  delete from net.hops where start_node = p_start;
  create temp table frontier(node int primary key, via int) on commit drop;
  create temp table next_frontier(node int, via int) on commit drop;
  insert into frontier values (p_start, null);
  insert into net.hops values (p_start, p_start, 0, null);
  loop
    v_round := v_round + 1;
    exit when v_round > p_max;
    truncate next_frontier;
    insert into next_frontier
      select e.dst, min(e.src) from net.edge e join frontier f on f.node = e.src
       where not exists (select 1 from net.hops h where h.start_node = p_start and h.node = e.dst)
       group by e.dst;
    get diagnostics v_new = row_count;
    exit when v_new = 0;
    insert into net.hops select p_start, node, v_round, via from next_frontier;
    v_total := v_total + v_new;
    truncate frontier;
    insert into frontier select * from next_frontier;
  end loop;
  insert into net.stats values (p_start, v_total, (select max(hops) from net.hops where start_node = p_start), v_round)
  on conflict (start_node) do update set reached = excluded.reached, furthest = excluded.furthest, rounds = excluded.rounds;
  drop table frontier;
  drop table next_frontier;
  return v_total;
end $$;
