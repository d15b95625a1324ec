create procedure etl.p_strict(p_k text) language plpgsql as $$
declare
    v_v   int := 7;
    v_how text := 'found';
begin
    begin
        select v into strict v_v from src.cfg where k = p_k;
    exception
        when no_data_found then
            v_v := -1; v_how := 'none';
        when too_many_rows then
            v_v := -2; v_how := 'many';
    end;
    insert into dw.out values (p_k, v_v, v_how);
end $$;
