create procedure etl.p_using(p_day date, p_factor numeric) language plpgsql as $$
declare
    v_n bigint;
begin
    execute 'select count(*) from src.s where day <= $1' into v_n using p_day;
    execute 'insert into dw.s select id, v * $2, $3 from src.s where day <= $1' using p_day, p_factor, v_n;
    if v_n > 1 then
        execute 'delete from dw.s where id = ' || v_n - 1;
    end if;
end $$;
