create procedure etl.p_snapshot(p_from date, p_to date) language plpgsql as $$
declare
    v_day    date := p_from;
    v_rows   int;
    v_total  bigint := 0;
    v_open   int;
    v_prev   int;
begin
    while v_day <= p_to loop
        delete from dw.snapshot where day = v_day;
        insert into dw.snapshot (day, status, orders, amount)
        select v_day, coalesce(o.status, 'unknown'), count(*), sum(o.amount)
          from src.orders o
         where o.opened <= v_day and (o.closed is null or o.closed > v_day)
         group by coalesce(o.status, 'unknown');
        get diagnostics v_rows = row_count;
        v_total := v_total + v_rows;
        select coalesce(sum(orders), 0) into v_open from dw.snapshot where day = v_day;
        select coalesce(sum(orders), 0) into v_prev from dw.snapshot where day = v_day - 1;
        if v_rows = 0 then
            insert into dw.snapshot (day, status, orders, amount) values (v_day, 'none', 0, null);
        end if;
        insert into dw.trend (day, open_orders, change) values (v_day, v_open, v_open - v_prev);
        v_day := v_day + 1;
    end loop;
    insert into dw.run (what, n) values ('snapshot ' || p_from || ' to ' || p_to, v_total);
end $$;
