create procedure etl.p_params(p_day date, p_factor numeric, p_who varchar default 'nobody') language plpgsql as $$
begin
    insert into dw.runs values (p_day, p_factor, p_who);
    p_who := upper(p_who) || '/' || p_factor;
    delete from dw.a where day = p_day and who = p_who;
    insert into dw.a select day, v * p_factor, p_who from src.a where day = p_day or day is null;
    delete from dw.b where day >= p_day;
    insert into dw.b select p_day, v * p_factor from src.b where day = p_day::text;
    p_day := p_day + 1;
    p_factor := p_factor * 2;
    insert into dw.b select p_day, p_factor from src.a where day = p_day;
    insert into dw.runs values (to_char(p_day, 'YYYYMMDD'), p_factor, p_who);
end $$;
