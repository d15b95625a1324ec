create procedure etl.p_allocate(p_day date) language plpgsql as $$
declare
    r_order  record;
    v_need   numeric(12,3);
    v_take   numeric(12,3);
    v_lot    int;
    v_left   numeric(12,3);
    v_lines  int := 0;
begin
    drop table if exists tmp_stock;
    create temp table tmp_stock as
        select lot_id, item, received, qty::numeric(12,3) as remaining from src.lot where qty > 0;
    delete from dw.allocation where day = p_day;
    for r_order in select order_id, item, qty from src.demand where due <= p_day order by due, order_id loop
        v_need := coalesce(r_order.qty, 0);
        while v_need > 0 loop
            select lot_id, remaining into v_lot, v_left
              from tmp_stock
             where item = r_order.item and remaining > 0
             order by received, lot_id
             limit 1;
            exit when not found;
            v_take := least(v_need, v_left);
            update tmp_stock set remaining = remaining - v_take where lot_id = v_lot;
            insert into dw.allocation (day, order_id, lot_id, qty) values (p_day, r_order.order_id, v_lot, v_take);
            v_need  := v_need - v_take;
            v_lines := v_lines + 1;
        end loop;
        if v_need > 0 then
            insert into dw.allocation (day, order_id, lot_id, qty) values (p_day, r_order.order_id, null, v_need);
        end if;
    end loop;
    delete from dw.stock_left;
    insert into dw.stock_left select lot_id, item, remaining from tmp_stock where remaining > 0;
    insert into dw.run (what, n) values ('lines', v_lines);
end $$;
