create procedure etl.p_watermark() language plpgsql as $$
declare
    v_hwm timestamp;
    v_run int;
begin
    update etl.ctl set runs = runs + 1 where job = 'ev' returning runs into v_run;
    select max(at) into v_hwm from src.v_new;
    if v_hwm is null then
        return;
    end if;
    insert into dw.ev select id, at, v, v_run from src.v_new;
    update etl.ctl set hwm = v_hwm where job = 'ev';
    delete from dw.ev d where d.run < v_run - 1 or exists (select 1 from src.v_new n where n.id = d.id);
end $$;
