create procedure etl.p_upsert(p_add int default 0) language plpgsql as $$
declare
    v_n bigint;
begin
    insert into dw.d as t (k, day, n) select s.k, s.day, s.n + p_add from src.d s
    on conflict (k, day) do update set n = excluded.n + t.n, hits = t.hits + 1, note = case when excluded.n is null then t.note else 'upd' end
     where t.n is distinct from excluded.n;
    get diagnostics v_n = row_count;
    insert into dw.log values (v_n);
    insert into dw.d (k, day, n) values ('z', '2024-12-31', p_add) on conflict on constraint d_pkey do update set (n, hits) = (excluded.n, excluded.hits + 100);
end $$;
