create procedure etl.p_match(p_customer int default null) language plpgsql as $$
declare
    c_open cursor for
        select i.no, i.customer_id, i.amount from src.inv i
         where p_customer is null or i.customer_id = p_customer order by i.customer_id, i.due, i.no;
    c_pay refcursor;
    v_inv_no    text;
    v_inv_cust  int;
    v_inv_open  numeric(10,2);
    v_pay_id    int;
    v_pay_cust  int;
    v_pay_left  numeric(10,2);
    v_has_inv   boolean;
    v_has_pay   boolean;
    v_used      numeric(10,2);
    v_matches   int := 0;
begin
    delete from dw.match;
    delete from dw.rest;
    open c_open;
    open c_pay for execute
        'select id, customer_id, amount from src.pay where ($1 is null or customer_id = $1) and amount > 0 order by customer_id, day, id'
        using p_customer;
    fetch c_open into v_inv_no, v_inv_cust, v_inv_open;
    v_has_inv := found;
    fetch c_pay into v_pay_id, v_pay_cust, v_pay_left;
    v_has_pay := found;
    while v_has_inv and v_has_pay loop
        if v_inv_cust < v_pay_cust then
            insert into dw.rest (what, id, amount) values ('invoice', v_inv_no, v_inv_open);
            fetch next from c_open into v_inv_no, v_inv_cust, v_inv_open;
            v_has_inv := found;
        elsif v_inv_cust > v_pay_cust then
            insert into dw.rest (what, id, amount) values ('payment', v_pay_id::text, v_pay_left);
            fetch next from c_pay into v_pay_id, v_pay_cust, v_pay_left;
            v_has_pay := found;
        else
            v_used := least(v_inv_open, v_pay_left);
            if v_used > 0 then
                insert into dw.match (invoice, payment, amount) values (v_inv_no, v_pay_id, v_used);
                v_matches := v_matches + 1;
            end if;
            v_inv_open := v_inv_open - v_used;
            v_pay_left := v_pay_left - v_used;
            if v_inv_open <= 0 then
                fetch next from c_open into v_inv_no, v_inv_cust, v_inv_open;
                v_has_inv := found;
            end if;
            if v_pay_left <= 0 then
                fetch next from c_pay into v_pay_id, v_pay_cust, v_pay_left;
                v_has_pay := found;
            end if;
        end if;
    end loop;
    while v_has_inv loop
        insert into dw.rest (what, id, amount) values ('invoice', v_inv_no, v_inv_open);
        fetch c_open into v_inv_no, v_inv_cust, v_inv_open;
        v_has_inv := found;
    end loop;
    while v_has_pay loop
        insert into dw.rest (what, id, amount) values ('payment', v_pay_id::text, v_pay_left);
        fetch c_pay into v_pay_id, v_pay_cust, v_pay_left;
        v_has_pay := found;
    end loop;
    close c_open;
    close c_pay;
    insert into dw.rest (what, id, amount) values ('matches', null, v_matches);
end $$;
