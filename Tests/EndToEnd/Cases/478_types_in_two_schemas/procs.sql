create procedure etl.p_bills(p_state text default 'open') language plpgsql set search_path = dw, src as $$
declare
    v_state status := cast(p_state as status);
    v_default constant status := 'void';
    v_states status[] := array['open', 'closed']::status[];
    v_total dw.money_amount := 0;
begin
    truncate bills;
    insert into bills (id, state, amount, rank_no)
    select b.id, cast(b.state as status), cast(b.amount as money_amount), row_number() over (order by cast(b.state as status) nulls first, b.id)
    from src.bills b;
    update bills set state = v_default where state = v_state and amount is null;
    select sum(amount) into v_total from bills where state = any(v_states);
    delete from totals where state = v_state;
    insert into totals select state, count(*), v_total from bills where state is not distinct from v_state group by state;
end $$;
