create or replace procedure dw.correlate() language plpgsql as $$
begin
  delete from dw.out1;
  insert into dw.out1
  select id, v, (select sum(amount) from src.b where a_id = a.id),
         (select b.v from src.b where a_id = a.id order by amount desc nulls last, id limit 1),
         round(amount::numeric / nullif((select sum(x.amount) from src.a x where x.grp = a.grp), 0), 3),
         (select max(cap) from src.c where grp = a.grp)
    from src.a
   where id in (select a_id from src.b where b.amount > 1 union select id from src.b where v = a.v)
      or exists (select from src.c where grp = a.grp and cap > amount);

  delete from dw.out2;
  insert into dw.out2
  select c.grp, string_agg(a.id::text || coalesce(v, '?'), ',' order by a.id, v),
         count(*) filter (where not exists (select 1 from src.b where b.a_id = a.id)),
         max(case when amount >= (select avg(amount) from src.a i where i.grp = c.grp) then amount end)
    from (select distinct grp from src.c where note <> 'dup') as c left join src.a on a.grp = c.grp
   group by c.grp;

  update dw.out1 o set top = s.v from (select a_id, v from src.b where amount = (select max(amount) from src.b i where i.a_id = b.a_id)) as s
   where s.a_id = o.id and o.top is distinct from s.v;
  update dw.out1 set cap = (select min(cap) from src.c where cap > total) where total is not null;

  delete from dw.out3;
  insert into dw.out3
  select q.id, q.amount, q.rn, w.prev, l.note
    from (select id, amount, row_number() over (partition by grp order by amount, id, v) from src.a where grp is not null) as q(id, amount, rn)
    left join lateral (select amount as prev from src.a where id < q.id order by id desc, amount limit 1) w on true
    cross join lateral (select string_agg(note, '/' order by note) as note from src.c where cap > amount) l
   where q.amount + coalesce(w.prev, 0) > 5;
end $$;
