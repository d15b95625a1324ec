create procedure etl.p_noise() language plpgsql as $$
declare
    v_n int := 0;
begin
    raise notice 'start at %', clock_timestamp();
    insert into dw.s select id, v from src.s;
    get diagnostics v_n = row_count;
    commit;
    raise info 'loaded % rows, {{ % }}, 100%%', v_n, (select max(v) from dw.s);
    perform 1;
    perform count(*) from dw.s where v > v_n;
    create temp table tmp_ix as select * from dw.s;
    create index on tmp_ix (id);
    analyze tmp_ix;
    delete from dw.s where v is null;
    update dw.s set v = v_n;
    drop table tmp_ix;
    null;
    commit;
    raise debug using message = 'bye';
end $$;
