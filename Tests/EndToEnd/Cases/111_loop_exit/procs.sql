create procedure etl.p_exit(p_budget int) language plpgsql as $$
declare
    r      record;
    v_rest int := p_budget;
begin
    truncate dw.granted, dw.pairs;
    for r in select * from src.req order by id loop
        exit when r.cost > v_rest;
        v_rest := v_rest - coalesce(r.cost, 0);
        insert into dw.granted values (r.id, v_rest);
    end loop;
    <<outer_loop>>
    for i in 1 .. 4 loop
        for j in 1 .. 4 loop
            continue outer_loop when j > i;
            exit outer_loop when i * j > 6;
            insert into dw.pairs values (i, j);
        end loop;
    end loop;
end $$;
