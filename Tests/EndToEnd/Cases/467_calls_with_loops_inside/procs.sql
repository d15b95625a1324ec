create procedure etl.p_log(p_step text, p_rows bigint) language plpgsql as $$
begin
    insert into dw.log (step, rows_done, logged_at) values (p_step, p_rows, clock_timestamp());
end $$;

create procedure etl.p_fill(in p_region text, in p_from date, in p_days int, inout p_missing int) language plpgsql as $$
declare
    v_last numeric;
    v_day  date;
    v_val  numeric;
begin
    v_last := null;
    for i in 0 .. p_days - 1 loop
        v_day := p_from + i;
        select avg(value) into v_val from src.measure where region = p_region and day = v_day;
        if v_val is null then
            p_missing := p_missing + 1;
            v_val := v_last;
        end if;
        if v_val is not null then
            insert into dw.filled (region, day, value, is_real) values (p_region, v_day, v_val, v_val is distinct from v_last);
        end if;
        v_last := v_val;
    end loop;
    call etl.p_log('fill ' || p_region, p_days);
end $$;

create procedure etl.p_fill_all(p_from date, p_days int default 4) language plpgsql as $$
declare
    r record;
    v_missing int;
    v_all     int := 0;
begin
    delete from dw.filled where day >= p_from and day < p_from + p_days;
    for r in select distinct region from src.measure where region is not null order by region loop
        v_missing := 0;
        call etl.p_fill(r.region, p_from, p_days, v_missing);
        if v_missing = p_days then
            call etl.p_log('nothing for ' || r.region, 0);
            continue;
        end if;
        v_all := v_all + v_missing;
    end loop;
    call etl.p_log('missing', v_all);
end $$;
