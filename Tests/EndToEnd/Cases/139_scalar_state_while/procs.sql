create procedure etl.p_plan(p_extra numeric default 0) language plpgsql as $$
declare
    v_rest numeric(8,2);
    v_n    int;
    v_rate numeric;
    v_pay  numeric(8,2);
    v_int  numeric(8,2);
    i      int := 1;
begin
    truncate dw.plan;
    select amount, n, rate into v_rest, v_n, v_rate from src.loan;
    v_pay := v_rest / v_n + p_extra;
    while v_rest > 0 and i <= v_n loop
        v_int := v_rest * v_rate;
        if i = v_n or v_rest < v_pay then
            v_pay := v_rest;
        end if;
        v_rest := v_rest - v_pay;
        insert into dw.plan values (i, v_int, v_pay + v_int, v_rest);
        i := i + 1;
    end loop;
end $$;
