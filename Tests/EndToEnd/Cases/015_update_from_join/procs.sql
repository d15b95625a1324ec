create procedure etl.p_upd_from() language plpgsql as $$
begin
    update dw.orders as t
       set city = c.city, amount = o.amount * 1.0555
      from src.orders o join src.cust as c on c.cust = o.cust
     where t.id = o.id and t.amount is distinct from o.amount;
    update dw.orders t set rank = r.rn
      from (select id, row_number() over (order by amount desc nulls last, id) rn from src.orders) r
     where r.id = t.id and (t.rank is null or t.rank > r.rn);
    update dw.orders set city = coalesce(dw.orders.city, '?') || '!' from src.cust where src.cust.city = dw.orders.city;
end $$;
