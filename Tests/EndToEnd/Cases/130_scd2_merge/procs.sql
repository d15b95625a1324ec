create procedure etl.p_scd2_merge(p_run int) language plpgsql as $$
begin
    merge into dw.c d
    using (
        select id as k, id, city from src.c
        union all
        select null, s.id, s.city from src.c s join dw.c c on c.id = s.id and c.v_to is null where c.city is distinct from s.city
    ) s on d.id = s.k and d.v_to is null
    when matched and d.city is distinct from s.city then update set v_to = p_run
    when not matched then insert (id, city, v_from) values (s.id, s.city, p_run);
end $$;
