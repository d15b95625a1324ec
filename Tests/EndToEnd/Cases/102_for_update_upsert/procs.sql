create procedure etl.p_for_upsert() language plpgsql as $$
declare
    r src.ev%rowtype;
begin
    for r in select * from src.ev order by id loop
        update dw.k set total = total + r.v, n = n + 1, last_id = r.id where k = r.k;
        if not found then
            insert into dw.k (k, total, last_id) values (r.k, r.v, r.id);
        end if;
    end loop;
end $$;
