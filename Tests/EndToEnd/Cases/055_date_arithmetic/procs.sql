create procedure etl.p_dates(p_ref date default '2024-02-29') language plpgsql as $$
declare
    v_next date := p_ref + interval '1 month';
    v_days int := v_next - p_ref;
begin
    truncate dw.d;
    insert into dw.d (id, days, plus, plus_m, months, txt, q)
    select id, case when isfinite(b) then b - a end, a + n, a + n * interval '1 month', extract(year from age(p_ref, a)) * 12 + extract(month from age(p_ref, a)),
           to_char(a, 'IYYY-"W"IW FMDay DD.MM.'), extract(quarter from a) || '/' || to_char(b, 'YY') from src.d;
    update dw.d set back = plus_m - interval '1 month', days = coalesce(days, v_days) where plus_m is not null;
    update dw.d set back = (date_trunc('month', back) + interval '1 month - 1 day')::date where extract(isodow from back) in (6, 7);
    delete from dw.d where plus between p_ref - 365 and v_next - 60;
end $$;
