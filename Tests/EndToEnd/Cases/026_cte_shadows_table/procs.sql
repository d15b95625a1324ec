create procedure etl.p_shadow() language plpgsql as $$
begin
    drop table if exists pg_temp.stock;
    create temp table stock as select id, qty + 100 as qty from src.stock;
    with stock as (select id, qty from src.stock where qty > 0)
    insert into dw.stock select id, qty, 'cte' from stock;
    insert into dw.stock select id, qty, 'temp' from stock;
    with stock as (select id, qty * 2 as qty from stock where id < 3), more as (select * from stock union all select * from src.stock where id = 4)
    update dw.stock d set qty = m.qty from (with more as (select * from more where id <> 1) select * from more) m where m.id = d.id and d.src = 'temp';
    insert into dw.stock
    with recursive stock(id, qty) as (select 1, 1 union all select id + 1, qty * 2 from stock where id < 4)
    select *, 'rec' from stock where exists (select 1 from dw.stock t where t.id = stock.id and t.src = 'cte');
    drop table stock;
end $$;
