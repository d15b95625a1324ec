create function etl.f_charge(p_account int, p_amount numeric) returns numeric language plpgsql as $$
declare
    v_new numeric;
begin
    update dw.purse set amount = amount - p_amount where account = p_account and amount >= p_amount returning amount into v_new;
    if v_new is null then
        insert into dw.refused (account, amount) values (p_account, p_amount);
        return null;
    end if;
    return v_new;
end $$;

create procedure etl.p_fees(p_kind text, p_max int default 3) language plpgsql as $$
declare
    r        record;
    v_left   numeric;
    v_n      int := 0;
    v_last   text := 'nobody';
    v_round  int := 0;
    v_any    boolean := true;
begin
    if p_kind = 'monthly' then
        for r in select account, fee, name from src.plan where fee is not null order by account loop
            v_left := etl.f_charge(r.account, r.fee);
            continue when v_left is null;
            v_n := v_n + 1;
            v_last := r.name;
            if v_left < 1 then
                insert into dw.note (who, what) values (r.name, 'nearly empty: ' || v_left);
            end if;
        end loop;
        if not found then
            insert into dw.note (who, what) values (null, 'no plans');
        end if;
    elsif p_kind = 'drain' then
        -- one unit a round from everybody until nobody has one
        while v_any and v_round < p_max loop
            v_round := v_round + 1;
            v_any   := false;
            for r in select account from dw.purse where amount >= 1 order by account loop
                v_left := etl.f_charge(r.account, 1);
                v_any  := true;
            end loop;
        end loop;
        v_last := v_round || ' rounds';
    else
        for i in 1 .. coalesce(p_max, 0) loop
            insert into dw.note (who, what) values (p_kind, 'unknown ' || i);
            v_n := i;
        end loop;
    end if;
    insert into dw.note (who, what) values (v_last, p_kind || ' ' || v_n || ' ' || coalesce(v_left::text, '-'));
end $$;
