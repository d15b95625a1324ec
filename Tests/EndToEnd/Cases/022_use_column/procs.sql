create procedure etl.p_use_column(qty int, id int default 2) language plpgsql as $$
#variable_conflict use_column
declare
    price numeric := 100;
    who   text := 'variable';
begin
    insert into dw.q select id, qty, price, who from src.q where qty is not null or id = p_use_column.id;
    update dw.q set qty = coalesce(qty, p_use_column.qty), who = upper(who) where price > 2;
    who := who || qty;
    insert into dw.q (who) values (who);
end $$;
