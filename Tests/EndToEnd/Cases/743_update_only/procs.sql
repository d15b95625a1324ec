create procedure etl.mark_orders(p_least int default 10) language plpgsql as $$
begin
  update dw.orders o
     set paid = p.amt, state = case when p.amt >= o.total then 'paid' else o.state end, updated = now()
    from (select order_id, sum(amt) as amt from raw.payment group by order_id) p
   where p.order_id = o.order_id and o.state is distinct from 'paid';
  update dw.stock set low = qty < p_least where low is distinct from (qty < p_least);
end $$;
