create procedure etl.p_chars() language plpgsql as $$
begin
    delete from dw.n;
    insert into dw.n (id, v, c) select id, t::varchar(5), t::char(5) from src.n;
    insert into dw.n (id, v) select id + 10, t from src.n where id in (1, 2, 6);
    update dw.n set c = v where c is null;
    update dw.n set same = (v = c), shown = '[' || v || '|' || c || '|' || length(c) || '|' || octet_length(c) || ']';
    delete from dw.found;
    insert into dw.found select a.id, b.id from dw.n a join dw.n b on a.c = b.c and a.v <> b.v;
end $$;
