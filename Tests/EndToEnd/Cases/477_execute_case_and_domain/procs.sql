-- A summary whose grouping column, measure and filter are chosen by parameters; the channel's table by name.
create procedure etl.p_summarise(
    p_dimension text default 'region', p_metric text default 'revenue', p_since date default null, p_channel text default 'web'
) language plpgsql as $$
declare
    v_measure text;
    v_filter text := '';
    v_sql text;
    v_table text;
    v_rows bigint;
begin
    if p_dimension is null or p_dimension not in ('region', 'channel') then
        raise exception 'unknown dimension %', p_dimension;
    end if;
    v_measure := case p_metric
                     when 'revenue' then 'sum(amount)'
                     when 'units' then 'sum(units)'
                     when 'orders' then 'count(*)'
                 end;
    if p_since is not null then
        v_filter := format(' where placed_on >= %L', p_since);
        v_filter := v_filter || ' and amount is not null';
    end if;
    delete from dw.summary where dimension = p_dimension;
    if v_measure is not null then
        v_sql := format('insert into dw.summary (dimension, dim_value, metric, total, filter_used) select %L, %I, %L, %s, %L from src.orders',
                        p_dimension, p_dimension, p_metric, v_measure, v_filter)
                 || v_filter || format(' group by %I', p_dimension);
        execute v_sql;
        get diagnostics v_rows = row_count;
        insert into etl.run_log (message) values (format('%s rows by %s', v_rows, p_dimension));
    end if;

    if p_channel = 'web' then
        v_table := 'web_orders';
    elsif p_channel = 'shop' then
        v_table := 'shop_orders';
    else
        insert into etl.run_log (message) values ('no channel');
        return;
    end if;
    execute format('truncate table dw.%I', v_table);
    execute format('insert into dw.%I (order_id, amount) select order_id, amount from src.orders where channel = $1', v_table)
        using p_channel;
    get diagnostics v_rows = row_count;
    execute 'select count(*) from dw.' || quote_ident(v_table) into v_rows;
    insert into etl.run_log (message) values (v_table || ': ' || v_rows);
end $$;
