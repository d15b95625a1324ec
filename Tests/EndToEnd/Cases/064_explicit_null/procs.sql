create procedure etl.p_null(p_min int default 3, p_text text default 'dflt', p_on boolean default true) language plpgsql as $$
begin
    insert into dw.n select id, coalesce(p_min, -1), p_text, case when p_on then 'on' when not p_on then 'off' else 'null' end from src.n where v > p_min or p_min is null;
    if p_on is null then
        insert into dw.n (t) values ('p_on is null');
    elsif not p_on then
        delete from dw.n where t = p_text;
    end if;
    if p_text <> 'dflt' then
        update dw.n set t = t || p_text;
    else
        update dw.n set v = v + 1;
    end if;
end $$;
