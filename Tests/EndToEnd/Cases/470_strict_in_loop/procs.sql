create procedure etl.p_prices(p_day date) language plpgsql as $$
declare
    r record;
    v_price numeric(10,2);
    v_ok int := 0;
    v_why text;
begin
    delete from dw.priced where day = p_day;
    for r in select id, sku, qty from src.item order by id loop
        begin
            select p.price into strict v_price from src.price p where p.sku = r.sku and p.valid_from <= p_day and (p.valid_to is null or p.valid_to > p_day);
            if v_price < 0 then
                raise exception 'negative price % of %', v_price, r.sku using errcode = 'P0009';
            end if;
            insert into dw.priced (day, item_id, amount) values (p_day, r.id, v_price * r.qty);
            v_ok := v_ok + 1;
        exception
            when no_data_found then
                insert into dw.problem (day, item_id, what) values (p_day, r.id, 'no price');
                continue;
            when too_many_rows then
                v_why := 'several prices';
                insert into dw.problem (day, item_id, what) values (p_day, r.id, v_why);
            when others then
                insert into dw.problem (day, item_id, what) values (p_day, r.id, sqlerrm);
                exit when r.qty > 5;
        end;
        insert into dw.seen (day, item_id, price) values (p_day, r.id, v_price);
    end loop;
    insert into dw.problem (day, item_id, what) values (p_day, null, v_ok || ' priced');
end $$;
