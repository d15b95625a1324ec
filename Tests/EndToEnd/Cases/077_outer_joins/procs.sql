create procedure etl.p_joins(p_x text default 'a1') language plpgsql as $$
begin
    delete from dw.j;
    insert into dw.j (how, k, x, y) select 'full', k, x, y from src.a full join src.b using (k);
    insert into dw.j select 'on', a.k, a.x, b.y, c.z from src.a left join src.b on b.k = a.k and a.x <> p_x left join src.c on c.y = b.y;
    insert into dw.j select 'where', a.k, a.x, b.y, c.z from src.a left join (src.b join src.c on c.y is not distinct from b.y) on b.k = a.k where a.x <> p_x;
    insert into dw.j (how, k, y, z) select 'natural', k, y, z from src.b natural join src.c;
    insert into dw.j (how, z) select 'cross', count(*) from src.a, src.b cross join src.c where a.k > b.k or a.k is null;
    delete from dw.j d using src.a left join src.b on b.k = a.k where d.how = 'full' and d.k = a.k and b.y is null;
end $$;
