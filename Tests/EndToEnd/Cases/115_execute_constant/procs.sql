create procedure etl.p_dyn() language plpgsql as $$
declare
    v_sql text;
    v_tab text := 'dw.s';
begin
    execute 'truncate dw.s';
    v_sql := 'insert into ' || v_tab || ' select id, v ';
    v_sql := v_sql || 'from src.s where v is not null';
    execute v_sql;
    execute $q$ update dw.s set v = v || ' {{ x }} it''s' $q$;
end $$;
