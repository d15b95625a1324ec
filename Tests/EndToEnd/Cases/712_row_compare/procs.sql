create or replace procedure dw.sync() language plpgsql as $$
begin
  insert into dw.p_log
  select s.id, concat_ws('|', t.name, t.price, t.kind), concat_ws('|', s.name, s.price, s.kind)
    from src.p s join dw.p t using (id)
   where (s.name, s.price, s.tags, s.kind) is distinct from (t.name, t.price, t.tags, t.kind);

  insert into dw.p as t (id, name, price, tags, kind)
  select id, name, price, tags, kind from src.p
  on conflict (id) do update
     set name = excluded.name, price = excluded.price, tags = excluded.tags, kind = excluded.kind, changed = t.changed + 1
   where (t.name, t.price, t.tags, t.kind) is distinct from (excluded.name, excluded.price, excluded.tags, excluded.kind);

  update dw.p t set seen = t.seen + 1 from src.p s
   where s.id = t.id and (s.name, s.price) is not distinct from (t.name, t.price) and not (s.id, s.kind) is not distinct from (3, null);

  delete from dw.cmp;
  insert into dw.cmp
  select t.id, (t.name, t.price) is distinct from (s.name, s.price), row(t.name, t.id) is not distinct from row(s.name, s.id),
         (t.id, t.price) < (s.id + 1, s.price), (t.name, t.kind) = (s.name, s.kind), (t.kind, t.id) in (select kind, id from src.p where price > 1)
    from dw.p t left join src.p s on s.id = t.id;
end $$;
