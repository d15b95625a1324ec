create procedure etl.p_return(p_pass int) language plpgsql as $$
declare
    v_enabled int;
    v_limit   int;
begin
    insert into dw.log values (1, 'start');
    select val into v_enabled from src.cfg where name = 'enabled';
    if v_enabled = 1 then
        select val into v_limit from src.cfg where name = 'limit';
        if v_limit is null then
            insert into dw.log values (2, 'no limit');
            return;
        elsif (select count(*) from dw.rows) >= v_limit then
            insert into dw.log values (3, 'limit reached');
            if p_pass > 3 then
                delete from dw.rows;
                return;
            end if;
            insert into dw.log values (4, 'go on');
        end if;
        insert into dw.rows select id, p_pass from src.rows where id <= v_limit;
    else
        insert into dw.log values (5, 'disabled');
        return;
    end if;
    update dw.rows set pass = pass * 10 where id = 1;
    insert into dw.log select 6, 'end ' || count(*) from dw.rows;
end $$;
