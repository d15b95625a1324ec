create or replace procedure etl.build_bands(p_from date default null) language plpgsql as $$
begin
  delete from dw.band where p_from is null or d1 >= p_from;
  with cut as (
    select prod, d1 as d from src.promo where prod is not null and (d2 is null or d2 >= d1)
    union
    select prod, d2 + 1 from src.promo where d2 >= d1 and prod is not null
  ), seg as (
    select prod, d as d1, lead(d) over (partition by prod order by d) - 1 as d2 from cut
  )
  insert into dw.band
  select s.prod, s.d1, coalesce(s.d2, date '9999-12-31'), m.best, m.n, pr.price
  from seg s
  cross join lateral (
    select max(p.pct) as best, count(*) as n from src.promo p
    where p.prod = s.prod and p.d1 <= coalesce(p.d2, p.d1) and daterange(p.d1, p.d2, '[]') @> s.d1
  ) m
  left join lateral (
    select price from src.price x where x.prod = s.prod and x.valid_from <= s.d1 order by x.valid_from desc limit 1
  ) pr on true
  where m.n > 0 and s.d1 is not null and (p_from is null or s.d1 >= p_from);

  truncate dw.island;
  insert into dw.island
  select prod, min(d1), max(d2), max(d2) - min(d1) + 1
  from (
    select prod, d1, d2, sum(case when d1 <= coalesce(prev_max, d1 - 2) + 1 then 0 else 1 end) over (partition by prod order by d1, d2) as grp
    from (select prod, d1, d2, max(d2) over (partition by prod order by d1, d2 rows between unbounded preceding and 1 preceding) as prev_max
          from src.promo where prod is not null and d1 <= d2) a
  ) b
  group by prod, grp;
end $$;
