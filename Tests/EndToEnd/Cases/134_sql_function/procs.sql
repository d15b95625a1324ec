create function etl.f_rate(p_cur text, p_day date) returns numeric language sql stable as $$
    select case when p_cur = 'EUR' then 1 else (select r.rate from src.r r where r.cur = p_cur and r.day <= p_day order by r.day desc limit 1) end
$$;

create function etl.f_clean(p_text text, p_else text default 'EUR') returns text language sql immutable as $$ select coalesce(nullif(upper(trim($1)), ''), $2) $$;

create function etl.f_days(p_cur text) returns table (d date, pos bigint) language sql stable as $$
    select day, row_number() over (order by day) from src.r where cur = p_cur
$$;

create procedure etl.p_sql_functions() language plpgsql as $$
begin
    delete from dw.s;
    insert into dw.s (id, eur) select id, amount * etl.f_rate(etl.f_clean(cur), day) from src.s;
    update dw.s set n = (select max(f.pos) from etl.f_days('USD') f) where eur is not null;
    insert into dw.s select -f.pos, etl.f_rate('USD', f.d), f.pos from etl.f_days('USD') f where etl.f_clean('', p_else => 'x') = 'x';
end $$;
