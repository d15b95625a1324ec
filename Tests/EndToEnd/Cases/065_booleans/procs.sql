create procedure etl.p_bool(p_flag boolean, p_not boolean default false) language plpgsql as $$
declare
    v_any boolean := p_flag or p_not;
begin
    truncate dw.b;
    insert into dw.b select (case a when true then 1 when false then 2 else 3 end) * 10 + (case b when true then 1 when false then 2 else 3 end), a and b, a or b, (a is not true)::int + (not b)::int, a::text from src.b;
    delete from dw.b where an and not p_not;
    delete from dw.b where not (o = p_flag) is null;
    if v_any and not exists (select 1 from dw.b where an is null) then insert into dw.b (id) values (-1); end if;
    if v_any is not false then update dw.b set t = coalesce(t, 'null') || v_any::text; end if;
    update dw.b set n = (select count(*) from src.b where a = b) where p_flag is unknown;
end $$;
