create procedure etl.p(p_on boolean) language plpgsql as $$
declare
    v_id int := -1;
    v_grp text := 'none';
begin
    if p_on then
        for v_id, v_grp in select id, grp from src.items order by id loop
            insert into dw.log values ('row', v_id::text, v_grp);
        end loop;
    end if;
    insert into dw.log values ('behind', v_id::text, v_grp);
end $$;
