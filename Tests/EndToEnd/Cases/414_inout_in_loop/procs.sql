create procedure etl.add(p_x int, inout p_sum int, out p_note text) language plpgsql as $$
declare
    v int := p_sum;
begin
    if p_x is null then
        return;
    end if;
    p_note := 'added ' || p_x;
    begin
        if p_x = 0 then
            p_note := 'zero';
            return;
        end if;
    end;
    p_sum := v + p_x;
end $$;
create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_sum int := 5;
    v_note text := 'none';
begin
    for r in select id, qty from src.items order by id loop
        call etl.add(r.qty, v_sum, v_note);
        insert into dw.log values (r.id::text, v_sum::text, v_note);
    end loop;
    insert into dw.log values ('end', v_sum::text, v_note);
end $$;
