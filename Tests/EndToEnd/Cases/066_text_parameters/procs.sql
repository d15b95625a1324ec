create procedure etl.p_text(p_t text, p_like text default '%') language plpgsql as $$
begin
    insert into dw.t select id, t, p_t, t = p_t from src.t where t like p_like or t = p_t;
    if p_t = 'it''s' then
        insert into dw.t (t) values ('matched: ' || p_t);
    elsif p_t in ('{{ x }}', 'true', '') then
        update dw.t set t = p_t || '|' || coalesce(t, 'null') where id = 5;
    end if;
    delete from dw.t where same and p_t like '%\\%';
end $$;
