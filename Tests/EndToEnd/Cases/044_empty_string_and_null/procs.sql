create procedure etl.p_blank(p_sep text default '') language plpgsql as $$
declare
    v_sep text := nullif(p_sep, '');
begin
    delete from dw.s where cat is null or cat = '';
    insert into dw.s select id, t || p_sep || u, concat_ws(p_sep, t, u), t = u, t is distinct from u, length(trim(t)), coalesce(nullif(trim(t), ''), u) from src.s;
    update dw.s set back = back || v_sep where eq is not true;
    update dw.s set ws = 'none' where not dist and len is null;
end $$;
