create procedure etl.load(p_schema text, p_table text, p_filter text default 'true') language plpgsql as $$
declare
    c_target constant text := upper('dw') || '.' || p_table;
begin
    execute format('truncate %I.%I; insert into %s select * from src.%I where %s', p_schema, p_table, lower(c_target), p_table, p_filter);
end $$;

create procedure etl.p_pieces(p_all boolean) language plpgsql as $$
declare
    v_sql text;
    r record;
    v_cols text := concat('id', ', ', 'v');
begin
    if p_all then
        call etl.load('dw', 's');
    else
        v_sql := $q$v = E'y' -- a comment$q$ || chr(10) || 'and id > 1';
        call etl.load('dw', 's', p_filter => v_sql);
    end if;
    execute 'drop table if exists tmp_x';
    execute 'create temp table tmp_x as select ' || v_cols || ' from dw.s where v is not null';
    execute 'create index on tmp_x (id)';
    execute 'analyze tmp_x';
    for r in execute 'select id, v from tmp_x where id > $1' using 1 loop
        insert into dw.copy values (r.id * 10, r.v || '!');
    end loop;
    execute 'drop table tmp_x';
end $$;
