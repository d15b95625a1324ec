create procedure etl.p_enum(p_least src.size default 'medium') language plpgsql as $$
declare
    v_top src.size;
begin
    truncate dw.e;
    insert into dw.e (id, s, p) select id, lower(s)::src.size, p from src.e;
    insert into dw.e (id, p) values (10, 50.05);
    insert into dw.e (id, s) values (11, 'small');
    update dw.e set big = s >= p_least, p = p * 1.001;
    update dw.e set s = default, p = default where s is null;
    select max(s) into v_top from dw.e where id < 10;
    delete from dw.s;
    insert into dw.s select s, count(*), v_top from dw.e where s::text > 'm' or s < 'medium' group by s;
    update dw.s set top = case when n > 1 then 'small' else p_least end::src.size;
end $$;
