create procedure etl.p_numbers(p_div numeric default 3) language plpgsql as $$
declare
    v_big bigint;
begin
    delete from dw.n;
    insert into dw.n select id, round(a), trunc(a, 1), b % 3, greatest(a, b, p_div), (a / p_div)::text, round(f), (f * 3)::text from src.n;
    select sum(b) into v_big from src.n;
    insert into dw.agg select sum(b)::text, avg(b)::text, (v_big / 2 + sum(a) / count(*))::text from src.n where b > 0;
    insert into dw.agg select (1 / 3.0)::text, (p_div / 7)::numeric(12,6)::text, round(avg(f)::numeric, 2)::text || '/' || stddev_pop(b)::numeric(20,4) from src.n where id < 3;
    update dw.n set t = mod(t, 2), m = ceil(t) - floor(t), g = sign(g) * power(2, id) + abs(m) where t is not null;
end $$;
