create procedure etl.p_import(p_batch int) language plpgsql as $$
declare
    r_head   record;
    r_line   record;
    v_order  bigint;
    v_cust   int;
    v_lines  int;
    v_total  numeric(12,2);
    v_orders int := 0;
    v_bad    int := 0;
begin
    <<heads>>
    for r_head in
        select distinct s.ext_no, s.customer from stage.order_line s where s.batch = p_batch and s.ext_no is not null order by s.ext_no, s.customer
    loop
        -- get or create the customer
        select c.id into v_cust from dw.customer c where c.name = r_head.customer;
        if not found then
            if r_head.customer is null then
                insert into dw.reject (batch, ext_no, why) values (p_batch, r_head.ext_no, 'no customer');
                v_bad := v_bad + 1;
                continue heads;
            end if;
            insert into dw.customer (name) values (r_head.customer) returning id into v_cust;
        end if;
        -- the order
        insert into dw.orders (ext_no, customer_id, batch) values (r_head.ext_no, v_cust, p_batch) returning order_id into v_order;
        v_orders := v_orders + 1;
        v_lines  := 0;
        v_total  := 0;
        for r_line in
            select s.item, s.qty, s.price from stage.order_line s
             where s.batch = p_batch and s.ext_no = r_head.ext_no and s.customer = r_head.customer
             order by s.item nulls last, s.qty, s.price
        loop
            if r_line.qty is null or r_line.qty <= 0 then
                insert into dw.reject (batch, ext_no, why) values (p_batch, r_head.ext_no, format('qty of %s', coalesce(r_line.item, '?')));
                v_bad := v_bad + 1;
                continue;
            end if;
            v_lines := v_lines + 1;
            v_total := v_total + r_line.qty * coalesce(r_line.price, 0);
            insert into dw.line (order_id, line_no, item, qty, price) values (v_order, v_lines, r_line.item, r_line.qty, r_line.price);
            update dw.stock st set on_hand = st.on_hand - r_line.qty where st.item = r_line.item;
        end loop;
        if v_lines = 0 then
            delete from dw.orders where order_id = v_order;
            v_orders := v_orders - 1;
            exit heads when v_bad > 3;
        else
            update dw.orders set total = v_total, lines = v_lines where order_id = v_order;
        end if;
    end loop;
    insert into dw.run (batch, orders, bad) values (p_batch, v_orders, v_bad);
end $$;
