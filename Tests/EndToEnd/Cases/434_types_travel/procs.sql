create procedure etl.p_types() language plpgsql as $$
declare
    e record;
    v dw.state%rowtype;
begin
    for e in select * from src.ev order by id loop
        select * into v from dw.state s where s.k = e.k;
        if v.k is null then
            insert into dw.state (k, txt, code, num, bare, f, r, j, a, m, p)
            values (e.k, left(e.t, 8), 'n', e.n, e.n, e.f, 0.25, e.j, e.a, 'ok', 12.345)
            returning * into v;
        else
            update dw.state s
               set n = s.n + 1, txt = coalesce(left(e.t, 8), s.txt), num = s.num + coalesce(nullif(e.n, 'NaN'), 1), bare = e.n,
                   j = e.j, a = e.a, ta = s.ta || e.k, ts = s.ts + interval '1.0006 s', "Mixed Name" = s."Mixed Name" || '!',
                   m = case s.m when 'happy' then 'ok'::dw.mood else 'happy' end
             where s.k = e.k and (s.js is not null or s.j is null)
            returning * into v;
        end if;
        insert into dw.trail values (e.id, v.k, v.n, v.txt, v.num, v.js::text, length(v.code), v.m, v.j is null);
    end loop;
end $$;
