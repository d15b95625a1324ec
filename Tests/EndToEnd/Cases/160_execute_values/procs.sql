create procedure etl.p_values(p_name text, p_day date, p_n integer, p_flag boolean, p_ts timestamp) language plpgsql as $$
declare
    v_sql text;
    v_rows bigint;
    v_max numeric;
    v_found boolean;
begin
    -- found stays as the last static statement left it
    update dw.log set n = n;
    execute format('insert into dw.s (id, name, day, flag) select id, %L, day, %L from src.s where name = %1$L or day = %3$L', p_name, p_flag, p_day);
    get diagnostics v_rows = row_count;
    v_found := found;
    insert into dw.log values ('insert', v_rows, v_found);
    v_sql := 'update dw.s set half = id / ' || p_n || ' where id >= ' || p_n + 1 || ' or day >= ' || quote_nullable(p_ts);
    execute v_sql;
    execute 'delete from dw.s where id = $1 or day between $2 and $2 + 1' using p_n, p_day;
    if p_day is not null then
        execute 'insert into dw.s (id, day) values (-1, ''' || p_day || ''')';
    end if;
    execute 'select max(id), count(*) from dw.s' into v_max, v_rows;
    insert into dw.log values ('max', coalesce(v_max, -9) * 1000 + v_rows, found);
end $$;
