create procedure etl.say(p_step varchar, p_rows bigint, p_status varchar default 'OK') language plpgsql as $$
begin
    insert into etl.log (step, rows, status) values (p_step, p_rows, p_status);
end $$;

create procedure etl.p_meters(p_from date, p_strict boolean default true) language plpgsql as $$
declare
    v_bad  bigint := 0;
    v_upd  bigint;
    v_ins  bigint;
    v_last date;
begin
    select max(last_on) into v_last from dw.usage;
    if p_from is null or p_from < date '2000-01-01' then
        call etl.say('SKIP', 0, 'SKIP');
        return;
    end if;
    -- what cannot be a reading
    select count(*) into v_bad from src.readings r where r.taken_on >= p_from and (r.meter is null or r.kwh < 0);
    if v_bad > 0 and p_strict then
        call etl.say('BAD', v_bad, 'WARN');
    end if;
    insert into etl.log (step, rows) values ('CHECKED', v_bad), ('WINDOW', v_last - p_from);

    update dw.usage u set kwh = x.kwh, last_on = x.last_on, note = left('upd' || u.note, 6)
    from (select meter, max(taken_on) as last_on, sum(kwh) as kwh from src.readings
          where taken_on >= p_from and kwh >= 0 group by meter) x
    where x.meter = u.meter;
    get diagnostics v_upd = row_count;
    call etl.say('UPDATED', v_upd);

    insert into dw.usage (meter, last_on, kwh)
    select meter, max(taken_on), sum(kwh) from src.readings r
    where taken_on >= p_from and meter is not null
      and not exists (select 1 from dw.usage u where u.meter = r.meter and coalesce(u.note, '') <> 'gone')
    group by meter;
    get diagnostics v_ins = row_count;
    call etl.say(p_step => 'INSERTED', p_rows => v_ins, p_status => case when v_ins = 0 then 'NONE' else 'OK' end);
    if v_upd + v_ins = 0 then
        call etl.say('IDLE', null);
        return;
    end if;
    update dw.usage set note = 'gone' where last_on < p_from;
    call etl.say('TOTAL', v_upd + v_ins + v_bad);
end $$;
