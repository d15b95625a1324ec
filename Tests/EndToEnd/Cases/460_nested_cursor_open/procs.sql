create procedure etl.p_statements(p_month date) language plpgsql as $$
declare
    c_customer cursor for select id, name from src.customer order by id;
    c_invoice  cursor (p_customer int, p_from date) for
        select no, amount from src.invoice where customer_id = p_customer and day >= p_from and day < p_from + interval '1 month' order by day, no;
    v_id     int;
    v_name   text;
    v_no     text;
    v_amount numeric(10,2);
    v_sum    numeric(12,2);
    v_list   text;
    v_nos    text[];
begin
    delete from dw.statement where month = p_month;
    open c_customer;
    loop
        fetch c_customer into v_id, v_name;
        exit when not found;
        v_sum  := 0;
        v_list := null;
        v_nos  := '{}';
        open c_invoice(v_id, p_month);
        loop
            fetch c_invoice into v_no, v_amount;
            exit when not found;
            v_sum  := v_sum + coalesce(v_amount, 0);
            v_list := concat_ws('; ', v_list, v_no || '=' || coalesce(v_amount::text, '?'));
            v_nos  := array_append(v_nos, v_no);
        end loop;
        close c_invoice;
        if cardinality(v_nos) > 0 then
            insert into dw.statement (month, customer_id, name, invoices, total, nos) values (p_month, v_id, v_name, v_list, v_sum, v_nos);
        end if;
    end loop;
    close c_customer;
end $$;
