create or replace procedure w.run() language plpgsql as $$
declare r record; k int; v_total numeric := 0; ids int[];
begin
  insert into w.a default values;
  insert into w.a (code, name, amt) values (1, default, 2.349), (2, 'two', default), (3, null, null);
  insert into w.a (code, tags) select s.id, array_agg(s.name order by s.name) from w.src s group by s.id order by s.id;
  update w.a set (name, amt) = (select left(max(s.name), 10), sum(s.amt) from w.src s where s.id = w.a.code) where code is not null;
  update w.a x set (amt, tags) = row (coalesce(x.amt, 0) + 1, x.tags || 'u'::text) where x.name is not null;
  update only w.b as t set amt = t.amt + s.amt, day = greatest(t.day, s.day), note = default
    from (select distinct on (id) id, amt, day from w.src where amt is not null order by id, day desc) s
   where s.id = t.id and t.name not like 'n%';
  insert into w.b as b (id, name, amt, day) select id, coalesce(name, 'n/a'), coalesce(amt, 0), day from w.src where id not in (select id from w.b) and day is not null
    on conflict on constraint b_name_key do update set amt = b.amt + excluded.amt, note = concat(b.note, '+') where b.amt < 1000;
  with gone as (delete from w.b where day < '2023-06-01' returning *), up as (update w.a set amt = amt + 1 where code in (select id from gone) returning code, name, amt)
  insert into w.hist select id, name, amt, null, 'D' from gone union all select code, name, null, amt, 'U' from up;
  delete from w.b using w.src s, w.a where s.id = b.id and a.code = s.id and s.day = '2024-01-04';
  merge into w.b t using (select id, max(amt) as amt from w.src group by id) s on t.id = s.id
    when matched and s.amt is null then delete
    when matched and s.amt > 20 then update set amt = s.amt, note = t.note || '!'
    when matched then do nothing
    when not matched and s.id > 4 then insert (id, note) values (s.id, 'm' || s.id)
    when not matched then insert (id, amt) values ((select max(x.id) from w.b x) + s.id, coalesce(s.amt, -1));
  for r in select id, amt from w.b order by amt desc, id limit 3 loop
    v_total := v_total + r.amt;
    update w.b set note = coalesce(note, '') || '#' || trim_scale(v_total) where id = r.id returning amt into k;
    insert into w.hist values (r.id, null, v_total, k, 'L');
  end loop;
  select array_agg(id order by id) into ids from w.b;
  foreach k in array ids loop
    continue when k % 3 = 0;
    insert into w.hist (id, op) values (k, 'F');
  end loop;
  update w.hist h set op = lower(op) where ctid in (select h2.ctid from w.hist h2 where h2.op = 'F');
end $$;
