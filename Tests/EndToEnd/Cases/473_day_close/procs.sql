create procedure etl.p_close(p_from date, p_to date, p_rate numeric default 0.05) language plpgsql as $$
declare
    v_day        date;
    v_accounts   int := 0;
    v_rows       bigint;
    v_interest   numeric(14,4);
    v_open       numeric(14,2);
    v_move       numeric(14,2);
    v_status     varchar(12);
    v_history    text[] := array[]::text[];
    a            record;
    m            record;
    v_min        numeric(14,2);
    v_days_below int;
begin
    delete from dw.day_balance where day between p_from and p_to;
    get diagnostics v_rows = row_count;
    insert into dw.close_log (what, n) values ('removed', v_rows);
    for a in select id, opened, closed, product from src.account where opened <= p_to order by id loop
        select balance into v_open
          from dw.day_balance
         where account_id = a.id and day = (select max(b.day) from dw.day_balance b where b.account_id = a.id and b.day < p_from);
        v_open       := coalesce(v_open, 0);
        v_min        := null;
        v_days_below := 0;
        v_interest   := 0;
        for v_day in select d::date from generate_series(greatest(p_from, a.opened)::timestamp, p_to::timestamp, interval '1 day') d loop
            exit when a.closed is not null and v_day > a.closed;
            v_move := 0;
            for m in
                select mv.amount, mv.kind from src.move mv where mv.account_id = a.id and mv.day = v_day order by mv.id
            loop
                case m.kind
                    when 'in' then v_move := v_move + coalesce(m.amount, 0);
                    when 'out' then v_move := v_move - coalesce(m.amount, 0);
                    when 'void' then null;
                    else
                        insert into dw.close_log (what, n) values ('kind ' || coalesce(m.kind, 'null') || ' of ' || a.id, 1);
                        continue;
                end case;
                v_history := v_history || (a.id || m.kind);
            end loop;
            v_open := v_open + v_move;
            if v_min is null or v_open < v_min then
                v_min := v_open;
            end if;
            if v_open < 0 then
                v_days_below := v_days_below + 1;
                v_interest   := v_interest + round(-v_open * p_rate / 365, 4);
                v_status     := 'overdrawn';
            elsif v_open = 0 then
                v_status := 'empty';
            else
                v_status := 'ok';
            end if;
            insert into dw.day_balance (account_id, day, balance, movement, status)
            values (a.id, v_day, v_open, nullif(v_move, 0), v_status);
        end loop;
        v_accounts := v_accounts + 1;
        if v_min is not null then
            insert into dw.account_close (account_id, closed_to, lowest, days_below, interest)
            values (a.id, p_to, v_min, v_days_below, v_interest)
            on conflict (account_id) do update
                set closed_to = excluded.closed_to,
                    lowest = least(dw.account_close.lowest, excluded.lowest),
                    days_below = dw.account_close.days_below + excluded.days_below,
                    interest = dw.account_close.interest + excluded.interest;
        end if;
    end loop;
    insert into dw.close_log (what, n) values ('accounts', v_accounts), ('moves', cardinality(v_history)), (array_to_string(v_history, '|'), null);
end $$;
