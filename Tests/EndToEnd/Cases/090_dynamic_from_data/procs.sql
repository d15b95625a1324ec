create procedure etl.p_rules() language plpgsql as $$
declare
    v_sql text;
begin
    truncate dw.s;
    insert into dw.s select id, v from src.s;
    select sql into v_sql from src.rules where id = 1;
    execute v_sql;
    update dw.s set v = v * 2 where id = 1;
end $$;
