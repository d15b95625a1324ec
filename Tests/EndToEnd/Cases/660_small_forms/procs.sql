create procedure etl.small_forms() language plpgsql as $$
declare v_t numeric; r record; n int;
begin
  delete from dw.j;
  insert into dw.j select * from src.a natural join src.b;
  insert into dw.j select * from src.a natural left join src.b where x > 15;
  with t as (select * from src.a full join src.b using (id)) insert into dw.log select 'full', concat_ws(',', t.*) from t;
  delete from dw.j using src.a join src.b using (id) where a.id = j.id and b.y = 'q' and a.x = j.x and a.x < 21;
  get diagnostics n = row_count;
  insert into dw.log values ('deleted', n::text);
  update dw.g set q = q + 1 where id = 1 returning total into v_t;
  insert into dw.log values ('total', v_t::text);
  insert into dw.g (id, q, p) select coalesce(max(id), 0) + 1, 3, 1.25 from dw.g returning * into r;
  insert into dw.log values ('new', r.id || '/' || r.total);
  delete from dw.g where id = 9 returning id, total into r;
  insert into dw.log values ('gone', coalesce(r.total::text, 'none'));
  update dw.g set p = p + s.cnt from (select id, count(*) as cnt from src.a join src.b using (id) group by id) s where s.id = g.id;
  with u as (update dw.g set q = q * 2 where id = 2 returning id, total) insert into dw.log select 'u' || id, total::text from u;
end $$;
