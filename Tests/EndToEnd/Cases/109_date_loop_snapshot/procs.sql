create procedure etl.p_days(p_from date, p_to date default null) language plpgsql as $$
declare
    d date := p_from;
begin
    while d <= coalesce(p_to, p_from + 2) loop
        delete from dw.daily where day = d;
        insert into dw.daily
        select d, id, bal, d - opened from src.acct where opened <= d and (closed is null or closed > d);
        d := d + interval '1 day';
    end loop;
end $$;
