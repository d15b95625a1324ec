create procedure etl.p_prices(p_factor numeric default 1.005) language plpgsql as $$
begin
    update dw.prices set price = price * p_factor;
    update dw.prices p set price = p.price * r.f, units = p.units * r.f from src.rates r where r.grp = p.grp;
    update dw.prices set units = units / 2.0, price = price / 3 where id <> 2;
end $$;
