create procedure etl.p_strings(p_sep text default ',') language plpgsql as $$
begin
    delete from dw.t;
    insert into dw.t select id, trim(split_part(t, p_sep, 1)), nullif(substr(t, position(';' in t) + 1, 5), ''), (regexp_match(t, 'dept=0*(\d+)'))[1], lpad(right(t, 3), 6, '*'), length(t) - length(replace(t, p_sep, '')), format('%s|%I|%L', t, coalesce(t, 'No'), t) from src.t;
    update dw.t set p1 = regexp_replace(initcap(p1), '[^[:alnum:]]+', '_', 'g'), p2 = translate(p2, 'dept=', 'DE') || '|' || upper(p2) where p2 is not null;
    insert into dw.agg select string_agg(p1, '/' order by id desc), md5(string_agg(coalesce(rx, '-'), '' order by id)) from dw.t;
    insert into dw.agg select left(pad, -2), reverse(f) from dw.t where f ~* '^doe' or pad like '%b ,_';
end $$;
