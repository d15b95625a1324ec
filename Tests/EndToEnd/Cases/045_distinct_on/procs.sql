create procedure etl.p_latest(p_asof timestamp) language plpgsql as $$
begin
    truncate dw.h;
    insert into dw.h select distinct on (k) k, at, v, id from src.h where at <= p_asof or at is null order by k, at desc, id desc;
    insert into dw.h select distinct on (upper(k)) upper(k) as k, max(at) over (partition by k), v / 3, -id from src.h where k is not null order by upper(k), at nulls first, id;
end $$;
