create or replace procedure q.run(p_n int default 2) language plpgsql as $$
begin
  truncate q.o;
  insert into q.o select 1, g, v, null from q.s where v is not null order by v desc fetch first p_n rows with ties;
  insert into q.o select 2, g, sum(v) over (order by v groups between 1 preceding and current row exclude ties), null from q.s where v is not null;
  insert into q.o select 3, id::text, sum(v) over (order by id rows between unbounded preceding and 1 following exclude current row), null from q.s;
  insert into q.o select 4, g, count(*), null from q.s group by distinct grouping sets ((g), (g), ());
  insert into q.o select 5, g, v, null from (select g, v from q.s except all select 'a', 5) x;
  insert into q.o select 6, g, v, null from (select g, v from q.s intersect all (values ('a', 5), ('a', 5), ('b', 3))) x;
  insert into q.o select 8, j.g, s.v, null from q.s s join q.u using (g) as j where s.d between symmetric u.hi and u.lo;
  insert into q.o select 9, s.id::text, null, 'overlap' from q.s s join q.u u on (s.d, s.d + 3) overlaps (u.lo, u.hi);
  insert into q.o select 10, string_agg(g, '' order by g collate "C" desc nulls last), count(distinct lower(g)), null from q.s;
  insert into q.o select 11, id::text, a[2], array_to_string(a[2:], '-') from q.s where a && array[1, 2, 8] or a <@ '{5,6,7}';
  insert into q.o select 12, g, (array_agg(v order by d desc nulls last) filter (where v > 1))[1], mode() within group (order by v)::text from q.s group by g;
  insert into q.o select 13, s.g, l.n, null from q.s s left join lateral (values (s.v), (s.v * 2)) as l(n) on l.n > 5;
  insert into q.o (step, k, n) select 14, g, v from q.s where (g, v) in (select g, max(v) from q.s group by g) and g similar to '(a|B)%';
  insert into q.o select 15, x.k, x.n, null from (values ('p', 1), ('q', null), (null, 3)) as x(k, n) where x.n is not distinct from nullif(1, 2) or x.k is null;
  insert into q.o select 16, g, first_value(v) over w, lag(g, 2, 'none') over (w rows unbounded preceding) from q.s window w as (partition by lower(g) order by d nulls first, id);
  insert into q.o table q.o except select * from q.o where step <> 15;
  with t as materialized (select id, v from q.s), r as not materialized (select * from t where v > (select avg(v) from t))
  insert into q.o select 17, 'over', count(*), max(id)::text from r having count(*) > 0;
  insert into q.o select 18, to_char(d, 'Dy'), extract(isodow from d), null from q.s where d >= all (select lo from q.u where g = 'a' and lo < '2024-01-10');
  insert into q.o select distinct on (lower(g)) 19, g, id, null from q.s order by lower(g), v desc nulls last, id offset 1;
  insert into q.o select 20, g, n, null from (select g, ntile(2) over (order by id) as n from q.s) as z(g, n) where not (g = 'a') is true;
  insert into q.o select 21, k, sum(n), null from q.o where step < 5 group by rollup (k) having grouping(k) = 1 or sum(n) > 4;
  insert into q.o select 22, case when exists (select from q.s where v is null) then 'some' else 'no' end, (select count(*) from q.s s, q.u u where s.g = u.g and s.v <> any (array[3, 5])), null;
end $$;
