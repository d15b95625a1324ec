create procedure etl.p_tz(p_zone text, p_from timestamptz) language plpgsql as $$
declare
    v_day date := p_from at time zone p_zone;
begin
    delete from dw.ev;
    insert into dw.ev select id, (at at time zone p_zone)::date, at at time zone 'UTC', local at time zone p_zone, extract(hour from at at time zone p_zone), extract(epoch from at) from src.ev where at >= p_from or at is null;
    update dw.ev set utc = utc + interval '1 day', at = (v_day + time '12:00') at time zone 'America/New_York' where berlin_day > v_day;
    insert into dw.ev (id, utc, at) select 100 + id, date_trunc('hour', local), timestamptz 'epoch' + id * interval '36 hours 0.0005 seconds' from src.ev where local is not null;
end $$;
