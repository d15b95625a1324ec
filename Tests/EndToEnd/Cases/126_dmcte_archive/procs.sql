create procedure etl.p_archive() language plpgsql as $$
declare
    v_n bigint;
begin
    with d as (delete from dw.live where id <= (select v from src.limits) or v is null returning id, v)
    insert into dw.arch select id, v, (select count(*) from dw.live) from d;
    get diagnostics v_n = row_count;
    update dw.arch set v = -1 where v is null and v_n > 0;
    with u as (update dw.live set v = v + 10 where v > 2 returning id, v)
    insert into dw.live select u.id + 100, (select sum(l.v) from dw.live l where l.id = u.id) from u;
end $$;
