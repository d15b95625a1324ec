create procedure etl.p_defaults() language plpgsql as $$
begin
    delete from dw.d where id < 100;
    insert into dw.d (id, note) select id, note from src.d;
    insert into dw.d values (10, default, 7, null), (11, 'x', default, default), (12, null, 1, default);
    update dw.d set note = default, qty = qty + 1 where id = 3;
    update dw.d set (tag, w) = (default, 9.96) where id in (2, 10);
    insert into dw.d (id) select 20 + max(qty) from dw.d;
end $$;
