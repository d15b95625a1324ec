create function etl.f_first_fit(p_size int) returns int language plpgsql as $$
declare
    r record;
    v_seen int := 0;
begin
    for r in select id, free, state from src.bin order by id loop
        v_seen := v_seen + 1;
        if r.state = 'broken' then
            insert into dw.visit values (r.id, 'broken');
            return -1;
        end if;
        if r.free >= p_size then
            insert into dw.visit values (r.id, 'taken');
            return r.id;
        end if;
        insert into dw.visit values (r.id, 'full');
    end loop;
    insert into dw.visit values (v_seen, 'none');
    return null;
end $$;
