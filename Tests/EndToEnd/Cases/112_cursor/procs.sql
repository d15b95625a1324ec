create procedure etl.p_cursor(p_dept int) language plpgsql as $$
declare
    c cursor (c_dept int) for select id, pay from src.emp where dept = c_dept order by id;
    v_id  int;
    v_pay numeric;
begin
    open c(p_dept);
    loop
        fetch c into v_id, v_pay;
        exit when not found;
        if v_pay > 1000 then
            insert into dw.emp values (v_id, v_pay * 1.1, 'high');
        else
            insert into dw.emp values (v_id, coalesce(v_pay, 500), 'low');
        end if;
    end loop;
    close c;
end $$;
