create procedure etl.prune(p_min int, p_place text) language plpgsql as $$
begin
    delete from dw.stock where not (qty >= p_min);
    delete from dw.stock where place <> p_place and qty > 4;
    delete from dw.stock where (qty is null) = (place is null) and qty = 99 or place = '';
end $$;
