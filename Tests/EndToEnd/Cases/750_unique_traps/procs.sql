create procedure u.spread() language plpgsql as $$
begin
  update u.t set v = t.v + s.total from (select id, total from (select id, unnest(vals) as val, tag, 100 as total from u.src) q where val is not null) s where s.id = t.id;
  create temp table w on commit drop as select id, unnest(vals) as val from u.src;
  insert into u.o select t.id, max(w.val), count(*) from u.t left join w on w.id = t.id group by t.id;
  update u.o set n = o.n + g.k from (select id, unnest(array_agg(val)) as x, 1000 as k from w group by id) g where g.id = o.id;
  delete from u.t using (select id, unnest(vals) v from u.src) d where d.id = t.id and d.v = 3;
end $$;
