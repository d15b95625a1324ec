create function etl.f_net(p_gross numeric, p_country text default 'DE') returns numeric language plpgsql immutable as $$
declare
    v_rate numeric := 0;
begin
    if p_gross is null then
        return -1;
    end if;
    case p_country
        when 'DE' then v_rate := 0.19;
        when 'FR' then v_rate := 0.20;
        else null;
    end case;
    return round(p_gross / (1 + v_rate), 3);
end $$;

create function etl.f_band(p_net numeric) returns text language plpgsql stable strict as $$
begin
    if p_net > 60 then return 'high'; elsif p_net > 9 then return 'mid'; end if;
    return 'low';
end $$;

create procedure etl.p_functions(p_country text default null) language plpgsql as $$
begin
    truncate dw.s;
    insert into dw.s (id, net) select id, etl.f_net(gross, coalesce(p_country, country)) from src.s where etl.f_net(gross) <> 0;
    update dw.s set band = etl.f_band(net) where id > 1;
    delete from dw.s where etl.f_band(net) = 'low' and id = 3;
end $$;
