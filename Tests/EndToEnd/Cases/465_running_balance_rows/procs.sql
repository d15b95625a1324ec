create function etl.f_statement(p_from date, p_to date)
returns table (account text, day date, booked numeric, balance numeric, note text) language plpgsql as $$
declare
    a record;
    t record;
    v_days int;
begin
    for a in select acc, coalesce(opening, 0) as opening from src.acc order by acc loop
        balance := a.opening;
        account := a.acc;
        day     := p_from;
        booked  := null;
        note    := 'opening';
        return next;
        v_days := 0;
        while day < p_to loop
            day    := day + 1;
            booked := 0;
            for t in select amount, kind from src.booking b where b.acc = a.acc and b.day = f_statement.day order by b.id loop
                continue when t.amount is null;
                exit when t.kind = 'halt';
                booked := booked + case t.kind when 'debit' then -t.amount else t.amount end;
            end loop;
            continue when booked = 0;
            balance := balance + booked;
            v_days  := v_days + 1;
            note    := 'day ' || v_days;
            if balance < 0 then
                note := note || ' overdrawn';
                return query select a.acc, day, null::numeric, round(balance * 0.01, 2), 'fee'::text;
            end if;
            return next;
        end loop;
    end loop;
    return;
end $$;
