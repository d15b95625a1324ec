-- The prices of one refresh. Fails on its data; the caller's handler decides.
create procedure etl.p_prices(inout p_rows int) language plpgsql as $$
begin
    truncate dw.daily_price;
    insert into dw.daily_price (sold_on, product_id, price)
    select s.sold_on, s.product_id, sum(s.revenue) / sum(s.qty)
    from src.sales s
    group by s.sold_on, s.product_id;
    get diagnostics p_rows = row_count;
end $$;

-- Refreshes margins and prices. A failure is logged and the call ends as if all were well; the control table counts failures.
create procedure etl.p_refresh(p_full boolean default true) language plpgsql as $$
declare
    v_run bigint;
    v_rows int := 0;
    v_detail text;
    v_hint text;
begin
    insert into etl.run_log (proc_name) values ('etl.p_refresh') returning run_id into v_run;
    begin
        if p_full then
            delete from dw.product_margin;
        end if;
        insert into dw.product_margin (product_id, avg_price)
        select product_id, avg(case when qty is not null then revenue / qty end)
        from src.sales
        where product_id is not null
        group by product_id;
        begin
            call etl.p_prices(v_rows);
        exception
            when division_by_zero then
                insert into etl.run_log (proc_name, status, error_state, error_text)
                values ('etl.p_prices', 'SKIPPED', sqlstate, sqlerrm);
                raise;
        end;
        update etl.control set last_status = 'OK' where proc_name = 'etl.p_refresh';
    exception
        when others then
            get stacked diagnostics v_hint = pg_exception_hint;
            update etl.run_log
            set status = 'FAILED', finished_at = now(), error_state = sqlstate, error_text = sqlerrm || coalesce(v_hint, '?')
            where run_id = v_run;
            update etl.control set last_status = 'FAILED', failures = failures + 1 where proc_name = 'etl.p_refresh';
            return;
    end;
    update etl.run_log set status = 'DONE', finished_at = now(), row_count = v_rows where run_id = v_run;
end $$;
