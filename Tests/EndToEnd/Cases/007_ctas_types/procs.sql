create procedure etl.p_ctas() language plpgsql as $$
begin
    drop table if exists pg_temp.t;
    create temp table t as
    select id, qty, qty * 2 as half, price, (price * 100)::int as cents, name::varchar(4) as name from src.a;
    update t set qty = 2.7 where qty is null;
    update t set half = half / 4.0;
    update t set price = price / 3, cents = cents * 0.1;
    update t set name = 'zz' where name is null;
    delete from dw.a;
    insert into dw.a select id, qty, half, price, cents, name || '|' from t;
end $$;
