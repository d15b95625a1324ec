create procedure etl.p_intfor(p_step int default 3) language plpgsql as $$
declare
    v_lo int;
    v_hi int;
begin
    truncate dw.grid;
    select lo, hi into v_lo, v_hi from src.b;
    for i in v_lo .. v_hi by p_step loop
        for j in reverse i .. 3 loop
            insert into dw.grid values (i, j, i * 10 + j);
        end loop;
        insert into dw.grid (x, v) values (i, v_hi - i);
    end loop;
    for k in 5 .. 1 loop
        insert into dw.grid values (k, k, k);
    end loop;
end $$;
