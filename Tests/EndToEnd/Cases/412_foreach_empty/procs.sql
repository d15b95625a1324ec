create procedure etl.p(p_list int[]) language plpgsql as $$
declare
    x int := 42;
    v text := '';
    v_n numeric(6,2) := 0;
begin
    foreach x in array p_list loop
        v := v || x || ';';
        v_n := v_n + x / 3.0;
    end loop;
    insert into dw.log values (case when found then 'yes' else 'no' end, x::text, v || v_n);
end $$;
