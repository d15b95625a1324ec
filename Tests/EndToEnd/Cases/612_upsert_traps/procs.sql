create procedure u.p_upsert(p_since timestamp default '2024-01-01', p_ver int default 0) language plpgsql as $$
declare n int; rw u.dim; v_k text; v_old int;
begin
  insert into u.dim as d (k, region, qty, price, updated)
  select distinct on (s.k, s.region) s.k, s.region, s.qty, s.price, s.ts from u.src s
   where s.k is not null and s.ts >= p_since and s.deleted is not true
   order by s.k, s.region, s.ts desc nulls last
  on conflict on constraint dim_uk do update
    set qty = coalesce(excluded.qty, d.qty) + 1, price = case when excluded.price > d.price then excluded.price else d.price end,
        updated = greatest(d.updated, excluded.updated), ver = d.ver + 1
    where d.updated is null or d.updated <= excluded.updated;
  get diagnostics n = row_count;
  insert into u.cnt values ('all', n, null) on conflict (region) do update set n = u.cnt.n + excluded.n;

  insert into u.seen select distinct k from u.src where k is not null on conflict do nothing;
  insert into u.dim (k, region, qty) values ('new', default, default), ('new2', 'EU', null) on conflict (k, region) do nothing;

  with up as (
    update u.dim set (qty, price) = (select sum(coalesce(s.qty, 0)), max(s.price) from u.src s where s.k = dim.k and s.region = dim.region)
     where exists (select 1 from u.src s where s.k = dim.k and s.region = dim.region and s.qty > 3)
     returning k, region, qty)
  insert into u.hist (k, region, new_qty, act) select k, region, qty, 'sum' from up order by k;

  merge into u.dim t using (select k, region, bool_or(coalesce(deleted, false)) del, max(qty) q from u.src where k is not null group by k, region) s
    on t.k = s.k and t.region = s.region
    when matched and s.del then delete
    when matched and t.qty is distinct from s.q and s.q is not null then update set qty = s.q, ver = ver + 1 + p_ver
    when matched then do nothing
    when not matched and not s.del then insert (k, region, qty, price) values (s.k, s.region, coalesce(s.q, 0), default);

  delete from u.dim where ver > 3 and k = (select max(x.k) from u.dim x where x.ver > 3 and x.region = 'US') and region = 'US' returning k, qty into v_k, v_old;
  if found then insert into u.hist values (v_k, 'DEL', v_old, null, 'old', default); end if;

  update u.dim set price = 0.01 where k = 'Z' returning k, region, qty, ver into rw.k, rw.region, rw.qty, rw.ver;
  insert into u.hist (k, region, old_qty, act) values (rw.k, rw.region, rw.qty, coalesce(rw.qty::text, '-') || '/' || rw.ver);

  insert into u.cnt (region, n, last_k)
  select region, count(*), max(k) from u.dim group by region
  on conflict (region) do update set (n, last_k) = (select excluded.n + c.n, excluded.last_k from u.cnt c where c.region = 'all');
  update u.dim a set ver = a.ver + b.c from (select region, count(*)::int as c from u.dim group by region having count(*) > 1) b where b.region = a.region and a.k < 'C';
end $$;
