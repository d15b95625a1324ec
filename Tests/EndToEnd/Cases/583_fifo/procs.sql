create or replace procedure fin.cost_issues(p_upto date)
language plpgsql
as $$
declare
    i record;
    l record;
    v_need numeric(10,2);
    v_take numeric(10,2);
begin
    -- new layers
    insert into fin.layers (receipt_id, sku, remaining)
    select r.receipt_id, r.sku, r.qty from wms.receipts r
    where r.received_on <= p_upto and not exists (select 1 from fin.layers x where x.receipt_id = r.receipt_id);

    for i in
        select * from wms.issues s
        where s.issued_on <= p_upto and coalesce(s.qty, 0) > 0
          and not exists (select 1 from fin.cogs c where c.issue_id = s.issue_id)
          and not exists (select 1 from fin.shortages c where c.issue_id = s.issue_id)
        order by s.issued_on, s.issue_id
    loop
        v_need := i.qty;
        for l in
            select y.receipt_id, y.remaining, r.unit_cost
            from fin.layers y join wms.receipts r on r.receipt_id = y.receipt_id
            where y.sku = i.sku and y.remaining > 0
            order by r.received_on, y.receipt_id
        loop
            exit when v_need <= 0;
            v_take := least(v_need, l.remaining);
            insert into fin.cogs values (i.issue_id, l.receipt_id, v_take, v_take * l.unit_cost);
            update fin.layers set remaining = remaining - v_take where receipt_id = l.receipt_id;
            v_need := v_need - v_take;
        end loop;
        if v_need > 0 then
            insert into fin.shortages values (i.issue_id, v_need);
        end if;
    end loop;
end $$;
