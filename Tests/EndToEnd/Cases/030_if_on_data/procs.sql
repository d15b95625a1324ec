create procedure etl.p_if() language plpgsql as $$
declare
    v_max int;
    v_cnt bigint;
begin
    select max(n), count(*) into v_max, v_cnt from src.batch where state = 'ready';
    if v_max > 10 then
        insert into dw.log values ('big', v_max);
        delete from dw.batch;
    elsif v_cnt = 0 then
        insert into dw.log values ('empty', v_max);
    elsif v_max is null or (select count(*) from dw.batch) > 3 then
        insert into dw.log select 'full', count(*) from dw.batch;
        delete from dw.batch where id < (select max(id) from dw.batch);
    else
        insert into dw.batch select id, n from src.batch where state = 'ready';
        insert into dw.log values ('loaded', v_cnt);
    end if;
    if exists (select 1 from dw.log where msg = 'full') and not exists (select 1 from dw.batch where n > 50) then
        update dw.batch set n = n + 50;
    end if;
end $$;
