create procedure etl.p_lateral(p_top int) language plpgsql as $$
begin
    truncate dw.top;
    insert into dw.top select c.id, x.id, x.amount, 1 from src.c c left join lateral (select * from src.o o where o.c = c.id order by o.amount desc nulls last, o.id limit p_top) x on true;
    insert into dw.top (c, pos) select c.id, g from src.c c cross join lateral generate_series(1, c.n) g;
    update dw.top t set amount = l.s from src.c c, lateral (select sum(o.amount) + p_top as s from src.o o where o.c = c.id) l where c.id = t.c and t.o is null;
end $$;
