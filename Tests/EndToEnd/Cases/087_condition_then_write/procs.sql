create procedure etl.p_order_matters() language plpgsql as $$
declare
    v_small boolean;
    v_state text := 'init';
begin
    v_small := (select count(*) from dw.s) < 4;
    insert into dw.s select v from src.s;
    if v_small then
        insert into dw.log select 'was small', count(*) from dw.s;
        v_state := 'small';
    end if;
    v_small := (select count(*) from dw.s) < 4;
    if v_small and v_state = 'small' then
        insert into dw.log values ('still small', 0);
    elsif v_state = 'small' then
        delete from dw.s where v = (select max(v) from dw.s);
        v_state := v_state || ' no more';
    else
        delete from dw.s where v > 1;
        v_state := 'cut';
    end if;
    insert into dw.log select v_state, count(*) from dw.s;
end $$;
