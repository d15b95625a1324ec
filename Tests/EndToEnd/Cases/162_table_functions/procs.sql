create function etl.f_rates(p_cur text, p_min numeric default 0) returns table (d date, rate_out numeric(6,2)) language plpgsql stable as $$
begin
    return query select r.day, r.rate from src.r r where r.cur = p_cur and r.rate >= p_min;
    return query select date '1900-01-01', p_min;
end $$;

create function etl.f_codes() returns setof text language sql stable as $$ select distinct cur from src.r $$;

create function etl.f_last(p_cur text) returns numeric language plpgsql stable as $$
declare
    v_rate numeric(8,3);
    v_day date;
begin
    select max(r.day) into v_day from src.r r where r.cur = p_cur;
    if v_day is null then
        return -1;
    end if;
    select r.rate into v_rate from src.r r where r.cur = p_cur and r.day = v_day;
    if not found then return -2; end if;
    return v_rate;
end $$;

create function etl.f_name(p int) returns text language sql immutable as $$ select 'int ' || p $$;
create function etl.f_name(p text) returns text language sql immutable as $$ select 'text ' || p $$;
create function etl.f_name(p date) returns text language sql immutable as $$ select 'date ' || p $$;

create procedure etl.p_functions() language plpgsql as $$
begin
    delete from dw.s;
    insert into dw.s (d, v) select f.d, f.rate_out from etl.f_rates('USD', p_min => 0.9) f;
    insert into dw.s (c) select f from etl.f_codes() f;
    insert into dw.s (c, d, v) select k.code, x.d, x.rate_out from src.k k cross join lateral etl.f_rates(k.code) x;
    insert into dw.s (c, v) select k.code, etl.f_last(k.code) from src.k k;
    insert into dw.s (c) select etl.f_name(k.id) || etl.f_name(k.code) || etl.f_name('u') || etl.f_name(date '2024-01-01' + k.id) from src.k k;
end $$;
