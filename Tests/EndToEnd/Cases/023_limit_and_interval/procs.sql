create procedure etl.p_limits(p_day date, p_n int, p_days int default 3) language plpgsql as $$
declare
    v_from date := p_day - p_days;
    v_span interval := p_days * interval '1 day';
    v_skip bigint;
begin
    insert into dw.ev select id, at, 'last' from src.ev where at < p_day + v_span order by at desc, id limit p_n;
    select count(*) / 4 into v_skip from src.ev where day >= v_from;
    insert into dw.ev select id, at + make_interval(hours => p_n), 'page' from src.ev where day between v_from and v_from + p_days order by id offset v_skip limit p_n * 2 - 1;
    insert into dw.ev select id, at, 'month' from src.ev where at >= date_trunc('month', p_day) and at < date_trunc('month', p_day) + interval '1 month' - v_span * 9 and id % p_n = 0;
end $$;
