create procedure etl.p_bounds(p_n int, p_list int[] default array[7, 8]) language plpgsql as $$
declare
    v_code varchar(5) := '';
    v_x    int;
begin
    delete from dw.t;
    if p_n > 0 then
        for i in 1 .. p_n loop
            v_code := v_code || i::text || ' ';
            insert into dw.t values (i, v_code);
        end loop;
    end if;
    foreach v_x in array p_list loop
        insert into dw.t values (v_x, 'list');
    end loop;
    insert into dw.t values (0, '<' || v_code || '>');
end $$;
