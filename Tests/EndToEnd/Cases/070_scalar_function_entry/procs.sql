create function etl.f_load(p_min int default 1) returns numeric(8,2) language plpgsql as $$
declare
    v_sum numeric;
begin
    delete from dw.s where id >= p_min;
    insert into dw.s select * from src.s where id >= p_min;
    if not found then
        return -1;
    end if;
    select sum(v) into v_sum from dw.s;
    return v_sum / 3;
end $$;
