create or replace procedure rpt.make(p_top int default 3) language plpgsql as $$
declare r record; i int := 0;
begin
  truncate rpt.top1, rpt.top2, rpt.top3, rpt.top4, rpt.top5;
  for r in select s.id::text as id, -s.amount as amount from src.s order by id desc, s.amount limit p_top loop
    i := i + 1;
    insert into rpt.top1 values (r.id, r.amount, i);
  end loop;
  insert into rpt.top2
  select s.region, sum(s.amount) as amount, min(day)::text as day from src.s s where region is not null group by s.region order by amount desc, day limit p_top;
  insert into rpt.top3 (label, n, amount)
  select lower(s.label) as label, count(*), max(s.amount)::text from src.s s group by s.label order by label nulls first, max(s.amount) limit p_top + 1;
  insert into rpt.top4
  select distinct on (region) s.id, s.region, s.label || '!' as best from src.s s order by region, s.amount desc, id;
  insert into rpt.top5
  select case when s.amount > 10 then 'big' else 'small' end as region, count(*) from src.s s group by region, 1 order by region, count(*) limit p_top;
  insert into rpt.top5
  select q.k, sum(q.n) from (select upper(s.region) k, count(*) n from src.s s group by s.region order by k desc nulls last limit p_top) as q(k, n) group by q.k;
  insert into rpt.top5
  select q.key, q.n from (select s.label, row_number() over (order by s.amount, id) from src.s s order by s.label nulls first, id limit 2) as q(key, n);
end $$;
