create procedure etl.p_del_using(p_keep text default 'keep') language plpgsql as $$
declare
    v_n bigint;
begin
    delete from dw.t using src.dead where src.dead.id = dw.t.id and why <> p_keep;
    get diagnostics v_n = row_count;
    insert into dw.n values ('using', v_n);
    delete from dw.t a using dw.t b where a.v < b.v and a.id is null;
    get diagnostics v_n = row_count;
    insert into dw.n values ('self', v_n);
end $$;
