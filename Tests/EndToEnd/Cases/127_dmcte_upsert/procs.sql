create procedure etl.p_dm_upsert() language plpgsql as $$
declare
    v_u bigint;
    v_i bigint;
begin
    with u as (
        update dw.s d set v = s.v, n = d.n + 1 from src.s s where s.k = d.k returning d.k
    ), i as (
        insert into dw.s (k, v) select k, v from src.s where k not in (select k from u) returning k
    )
    select (select count(*) from u), (select count(*) from i) into v_u, v_i;
    insert into dw.log values (v_u, v_i);
end $$;
