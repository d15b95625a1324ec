create procedure etl.p_counts(p_run int) language plpgsql as $$
declare
    n       bigint;
    v_total bigint := 0;
begin
    delete from dw.t using src.t s where s.id = dw.t.id;
    get diagnostics n = row_count;
    v_total := v_total + n;
    insert into dw.audit values (p_run, 'delete', n);
    insert into dw.t select * from src.t where id % 2 = p_run % 2;
    get diagnostics n = row_count;
    v_total := v_total + n;
    insert into dw.audit values (p_run, 'insert', n);
    update dw.t set v = v + 1 where v > 10 or v is null;
    get current diagnostics n := row_count;
    v_total := v_total + n;
    insert into dw.audit select p_run, 'update', n where n > 0;
    create temp table x on commit drop as select * from dw.t where v < 100;
    get diagnostics n = row_count;
    insert into dw.audit values (p_run, 'ctas', n), (p_run, 'total', v_total);
end $$;
