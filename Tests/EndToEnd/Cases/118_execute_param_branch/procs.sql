create procedure etl.p_pick(p_col text default 'a', p_desc boolean default false) language plpgsql as $$
declare
    v_where text := '';
begin
    if p_col not in ('a', 'b') then
        return;
    end if;
    if p_desc then v_where := ' where ' || quote_ident(p_col) || ' is not null'; end if;
    execute 'insert into dw.top select id, ' || quote_ident(p_col) || ', ' || quote_literal(p_col) || ' from src.s' || v_where;
end $$;
