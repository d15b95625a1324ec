create procedure etl.p_swap(p_add int default 0) language plpgsql as $$
begin
    update dw.pairs set a = b, b = a, s = a + coalesce(b, 0) + p_add;
    update dw.pairs set (a, b) = (b + 1, a + 1) where s > 3;
    update dw.pairs set a = s, s = b, b = a where a is not null and b is not null;
end $$;
