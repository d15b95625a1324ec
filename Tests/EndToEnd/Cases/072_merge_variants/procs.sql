create procedure etl.p_merge2(p_place char(2)) language plpgsql as $$
begin
    merge into dw.stock as t
    using (select sku, sum(delta) as d from src.mv where place = p_place group by sku) s
       on t.sku = s.sku and t.place = p_place
    when matched and t.qty + s.d <= 0 then delete
    when matched then update set qty = t.qty + coalesce(s.d, 0)
    when not matched and s.d > 0 then insert (sku, place, qty) values (s.sku, p_place, s.d);

    with few as (select sku, min(qty) as q from dw.stock group by sku having count(*) > 1)
    merge into dw.stock t using few on few.sku = t.sku and t.qty = few.q
    when matched and t.low then update set low = default, qty = default
    when matched then update set low = true, qty = few.q * 2 - 1;
end $$;
