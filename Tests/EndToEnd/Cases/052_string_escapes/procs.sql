create procedure etl.p_escapes(p_extra text default '\') language plpgsql as $body$
declare
    v_quote text := '''';
begin
    truncate dw.p;
    insert into dw.p select 1, path || '\' || p_extra, length(path) from src.p;
    insert into dw.p values (2, E'tab\tnl\nq\'bs\\', length(E'\\\'')), (3, $q$it's $$ "raw" \n$q$, 0), (4, 'con'
        'tinued', 1), (5, U&'\00DC\2603', 2), (6, v_quote || '--not a comment' || '/* nor this */', 3);
    update dw.p set v = replace(v, '\', '/') || '''' where v like '%\\%' and v not like E'%\n%';
    delete from dw.p where v ~ '^it\W?s' or v = $$a"b\\$$;
end $body$;
