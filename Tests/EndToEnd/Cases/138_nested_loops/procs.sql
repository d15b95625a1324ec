create procedure etl.p_allocate() language plpgsql as $$
declare
    p      record;
    i      record;
    v_left numeric;
    v_take numeric;
begin
    for p in select * from src.pay y where not exists (select 1 from dw.alloc a where a.pay = y.id) order by id loop
        v_left := p.amount;
        for i in select * from dw.inv where cust = p.cust and open_amt > 0 order by id loop
            exit when v_left <= 0;
            v_take := least(v_left, i.open_amt);
            insert into dw.alloc values (p.id, i.id, v_take);
            update dw.inv set open_amt = open_amt - v_take where id = i.id;
            v_left := v_left - v_take;
        end loop;
    end loop;
end $$;
