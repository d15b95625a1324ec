create procedure etl.p_log(p_msg text, p_n int default -1) language plpgsql as $$
begin
    insert into dw.log values (p_msg, p_n);
end $$;

create procedure etl.p_load_grp(p_grp text, p_lvl int, inout p_n int) language plpgsql as $$
declare
    v_n int;
begin
    delete from dw.f where grp = p_grp and lvl = p_lvl;
    insert into dw.f select grp, sum(v), p_lvl from src.f where grp = p_grp group by grp;
    get diagnostics v_n = row_count;
    if v_n = 0 then
        call etl.p_log('nothing for ' || p_grp);
        return;
    end if;
    p_n := p_n + v_n;
    call etl.p_log(p_grp, v_n);
end $$;

create procedure etl.p_level(p_lvl int, out o_n int) language plpgsql as $$
declare
    v_n int := 0;
begin
    call etl.p_load_grp('a', p_lvl, v_n);
    call etl.p_load_grp('b', p_lvl + 1, v_n);
    call etl.p_load_grp('x', p_lvl, v_n);
    o_n := v_n;
end $$;

create procedure etl.p_main() language plpgsql as $$
declare
    v_n int;
begin
    call etl.p_level(1, v_n);
    call etl.p_log('after one', v_n);
    call etl.p_level(2, v_n);
    call etl.p_log('after two', v_n);
    update dw.f set v = v + v_n where lvl = v_n;
end $$;
