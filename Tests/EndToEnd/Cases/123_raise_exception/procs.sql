create procedure etl.p_check(p_max int) language plpgsql as $$
begin
    if (select max(v) from dw.s) > p_max then
        raise exception 'too big: %', p_max using errcode = 'P0042';
    end if;
end $$;

create procedure etl.p_guard(p_max int) language plpgsql as $$
begin
    truncate dw.s;
    begin
        insert into dw.s select * from src.s;
        call etl.p_check(p_max);
        insert into dw.log values ('passed');
    exception
        when sqlstate 'P0042' then
            insert into dw.log values ('rejected: ' || sqlerrm);
    end;
    insert into dw.s values (0, 0);
end $$;
