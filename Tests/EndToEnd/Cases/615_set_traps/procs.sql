create procedure q.p_sets(p_k int default 2) language plpgsql as $$
begin
  delete from q.o; delete from q.flat;
  insert into q.o (what, a) select 'not in', id from q.a where k not in (select k from q.b where k is not null or p_k = 3);
  insert into q.o (what, a) select 'not exists', id from q.a where not exists (select 1 from q.b where b.k = a.k);
  insert into q.o (what, a, b) select 'all', id, k from q.a where k > all (select k from q.b where k < p_k);
  insert into q.o (what, a) select 'except', k from q.a except all select 'except', k from q.b;
  insert into q.o (what, a) (select 'intersect', k from q.a intersect select 'intersect', k from q.b) union all (select 'union', k from q.b union select 'union', k from q.a order by 2 desc nulls last limit 3);
  insert into q.o (what, a, n) select 'count', k, count(*) filter (where v <> 'x') from q.a group by k;
  insert into q.o (what, a, t, n) select 'sets', k, coalesce(v, 'null') || grouping(k, v), count(*) from q.a group by grouping sets ((k, v), (k), ());
  insert into q.o (what, a, t, n) select 'rollup', k, v, sum(id) from q.a group by rollup (k, v) having sum(id) > 2;
  insert into q.o (what, a, b, t) select 'full', a.id, b.k, b.w from q.a full join q.b using (k) where a.id is null or b.k is null;
  insert into q.o (what, a, t) select 'left on', a.id, b.w from q.a left join q.b on b.k = a.k and b.w like 't%' where a.id < 4;
  insert into q.o (what, a, b, t) select 'natural', k, c, m from (select k, count(*)::int c from q.a group by k) x natural left join (select k, max(w) m from q.b group by k) y;
  insert into q.o (what, a, b, n) select 'rank', id, rank() over w, dense_rank() over (order by v desc nulls last) from q.a window w as (partition by k order by v nulls first);
  insert into q.o (what, a, t, n) select 'frame', id, first_value(v) over w || '/' || coalesce(last_value(v) over w, '-'), sum(id) over (order by k nulls first groups between 1 preceding and current row exclude current row) from q.a window w as (partition by k order by id rows between unbounded preceding and unbounded following);
  insert into q.o (what, a, n) select distinct 'distinct', k, count(*) over (partition by k) from q.a;
  insert into q.o (what, a, t) select 'values', c1, c2 from (values (1, 'a'), (2, null), (null, 'c')) as v (c1, c2) where c1 is distinct from p_k;
  insert into q.o (what, a, t) select 'lateral', a.id, l.w from q.a, lateral (select w from q.b where b.k >= a.k order by b.k, w desc limit 1) l;
  insert into q.o (what, n, t) select 'row', count(*), bool_and((k, v) is not null)::text || every(row(k, v) = row(k, v))::text from q.a;
  insert into q.o (what, a, n) select 'mode', mode() within group (order by k), percentile_disc(0.5) within group (order by id) from q.a;
  insert into q.o (what, a, b) with x as (select id, k from q.a), y as (select k from x where k = p_k or k is null) select 'cte', 1, count(*) from y;
end $$;
create procedure q.p_tree(p_max int default 10) language plpgsql as $$
begin
  delete from q.flat;
  insert into q.flat
  with recursive r (id, path, depth, top) as (
    select id, name, 0, id from q.tree where parent is null
    union all
    select t.id, r.path || '>' || t.name, r.depth + 1, r.top from q.tree t join r on t.parent = r.id where r.depth < p_max)
  select id, path, depth, not exists (select from q.tree c where c.parent = r.id), top from r;
  insert into q.flat select id, name, -1, null, null from q.tree t where not exists (select 1 from q.flat f where f.id = t.id);
  update q.flat f set top = (select p.top from q.flat p where p.id = (select parent from q.tree t where t.id = f.id)) where depth > 0;
end $$;
create procedure q.p_all(p_k int default 2) language plpgsql as $$ begin call q.p_sets(p_k); call q.p_tree(p_k); end $$;
