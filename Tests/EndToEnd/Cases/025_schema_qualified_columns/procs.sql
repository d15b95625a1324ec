create procedure etl.p_qualified() language plpgsql as $$
begin
    update dw.orders set amount = src.orders.amount + dw.orders.amount, status = src.orders.status
      from src.orders where src.orders.id = dw.orders.id;
    insert into dw.orders
    select src.orders.id, src.orders.amount, src.orders.status from src.orders
     where not exists (select 1 from dw.orders where dw.orders.id = src.orders.id) and src.orders.status <> 'old';
    delete from dw.orders where (select max(src.orders.amount) from src.orders where src.orders.status = dw.orders.status) < dw.orders.amount + 1;
end $$;
