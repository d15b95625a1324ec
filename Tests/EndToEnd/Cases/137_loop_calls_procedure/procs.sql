create procedure etl.p_dept(p_dept text, p_factor numeric, inout p_n int) language plpgsql as $$
declare
    v_n int;
begin
    insert into dw.pay select id, pay * p_factor from src.emp where dept = p_dept;
    get diagnostics v_n = row_count;
    p_n := p_n + v_n;
    insert into dw.log values (p_dept, v_n);
end $$;

create procedure etl.p_all_depts(p_stop text default 'zzz') language plpgsql as $$
declare
    v_total int := 0;
    r       record;
begin
    truncate dw.pay;
    for r in select name, factor from src.dept where name < p_stop order by name loop
        call etl.p_dept(r.name, coalesce(r.factor, 1), v_total);
    end loop;
    insert into dw.log values ('total', v_total);
end $$;
