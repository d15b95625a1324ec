create procedure etl.p_step(p_run bigint, p_step int, p_what text, p_n bigint default 0) language plpgsql as $$
begin
    insert into etl.steps values (p_run, p_step, p_what, p_n);
end $$;

create procedure etl.p_audited() language plpgsql as $$
declare
    v_run bigint := nextval('etl.run_id');
    v_n   bigint;
begin
    insert into etl.runs (run, status) values (v_run, 'started');
    delete from dw.s where v is null;
    get diagnostics v_n = row_count;
    call etl.p_step(v_run, 1, 'deleted', v_n);
    insert into dw.s select id, v, v_run from src.s;
    get diagnostics v_n = row_count;
    call etl.p_step(v_run, 2, 'inserted', v_n);
    if v_n = 0 then
        call etl.p_step(v_run, 3, 'nothing');
    end if;
    update etl.runs set status = 'ok', n = v_n, ended = now() where run = v_run;
end $$;
