create procedure etl.p_out(p_min int, out o_rows int, out o_sum numeric(10,2), inout p_note text default 'none') language plpgsql as $$
begin
    o_sum := 1;
    insert into dw.t select id, v from src.t where id >= p_min;
    get diagnostics o_rows = row_count;
    if o_rows = 0 then
        return;
    end if;
    select sum(v) * 1.005 into o_sum from dw.t;
    p_note := p_note || ' / ' || o_rows;
end $$;
