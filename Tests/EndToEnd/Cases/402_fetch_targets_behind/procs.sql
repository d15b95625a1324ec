create procedure etl.p(p_min int) language plpgsql as $$
declare
    c cursor (k int) for select id, grp from src.items where id >= k order by id;
    v_id int;
    v_grp text := 'x';
    v_n int := 0;
begin
    open c(p_min);
    loop
        fetch c into v_id, v_grp;
        exit when not found;
        v_n := v_n + v_id;
    end loop;
    close c;
    insert into dw.log values ('behind', v_id::text, coalesce(v_grp, 'null')), ('n', v_n::text, null);
end $$;
