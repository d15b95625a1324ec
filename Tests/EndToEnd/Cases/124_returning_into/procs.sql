create procedure etl.p_returning(p_name text) language plpgsql as $$
declare
    v_id   int;
    v_name text;
    v_n    int;
begin
    update dw.h set n = n + 1 where name = p_name returning id, n into v_id, v_n;
    if v_id is null then
        insert into dw.h (name) values (p_name) returning id, n * 2 into v_id, v_n;
    end if;
    insert into dw.l select name, v_n, null from dw.h where id = v_id;
    delete from dw.h where name = 'del' and n > 3 returning name || n into v_name;
    insert into dw.l (gone) values (coalesce(v_name, 'nothing'));
end $$;
