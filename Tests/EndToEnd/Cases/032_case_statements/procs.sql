create procedure etl.p_case(p_mode text, p_level int default null) language plpgsql as $$
declare
    v_n int;
begin
    case p_mode
        when 'full', 'all' then
            delete from dw.t;
            insert into dw.t select id, kind, 'full' from src.t;
        when 'delta' then
            insert into dw.t select id, kind, 'delta' from src.t s where not exists (select 1 from dw.t d where d.id = s.id);
        else
            insert into dw.t values (0, p_mode, 'else');
    end case;
    select count(*) into v_n from dw.t;
    case
        when p_level > 5 then update dw.t set via = via || '+';
        when v_n > 4 then update dw.t set via = 'many' where kind is null;
        when p_level is null then null;
        else update dw.t set kind = coalesce(kind, 'lvl' || p_level);
    end case;
end $$;
