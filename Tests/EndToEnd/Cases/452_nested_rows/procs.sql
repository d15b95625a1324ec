create procedure etl.p_bonus(p_year int) language plpgsql as $$
declare
    d         record;
    e         record;
    v_total   numeric(12,2);
    v_count   int;
    v_rank    int;
    v_share   numeric(12,2);
    v_all     numeric(14,2) := 0;
    m         int;
begin
    delete from dw.bonus where year = p_year;
    delete from dw.dept_total where year = p_year;
    <<departments>>
    for d in select id, name, budget from src.dept where active order by id loop
        v_total := 0;
        v_count := 0;
        v_rank  := 0;
        for e in
            select x.id, x.salary, x.grade from src.emp x where x.dept_id = d.id order by x.salary desc nulls last, x.id
        loop
            continue departments when e.grade = 'STOP';
            exit departments when e.grade = 'END';
            v_rank := v_rank + 1;
            if e.salary is null then
                continue;
            end if;
            v_share := round(d.budget * 0.1 / v_rank, 2);
            if v_total + v_share > d.budget * 0.15 then
                exit;
            end if;
            v_total := v_total + v_share;
            v_count := v_count + 1;
            for m in 1 .. 2 loop
                insert into dw.bonus (year, half, emp_id, amount) values (p_year, m, e.id, v_share / 2);
            end loop;
        end loop;
        insert into dw.dept_total (year, dept_id, paid, heads) values (p_year, d.id, v_total, v_count);
        v_all := v_all + v_total;
    end loop;
    insert into dw.dept_total (year, dept_id, paid, heads) values (p_year, null, v_all, v_rank);
end $$;
