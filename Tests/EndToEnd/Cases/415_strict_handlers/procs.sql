create procedure etl.p(p_id int) language plpgsql as $$
declare
    v text := 'start';
    v_grp text := 'old';
begin
    begin
        insert into dw.log values ('lost', null, null);
        v := 'inner';
        select grp into strict v_grp from src.items where id = p_id or (p_id = 0 and id < 3);
        v := 'read';
        if v_grp is null then
            raise exception 'no group %', p_id;
        end if;
        insert into dw.log values ('kept', v, v_grp);
    exception
        when no_data_found then
            insert into dw.log values ('none', v, v_grp);
        when too_many_rows then
            insert into dw.log values ('many', v, 'x');
        when others then
            insert into dw.log values (sqlerrm, v, v_grp);
    end;
    insert into dw.log values ('end', v, null);
end $$;
