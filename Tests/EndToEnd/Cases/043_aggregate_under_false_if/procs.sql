create procedure etl.p_agg(p_on boolean default false) language plpgsql as $$
declare
    v_any boolean;
    v_n   bigint;
begin
    select exists (select 1 from src.s) into v_any;
    if p_on then
        insert into dw.agg select 'param', count(*), sum(v) from src.s;
    end if;
    if v_any then
        insert into dw.agg select 'data', count(*), sum(v) from src.s;
        select count(*) into v_n from dw.agg;
        insert into dw.agg values ('values', v_n, (select max(v) from src.s));
    end if;
    if v_n > 2 then
        insert into dw.agg select 'union', count(*), null from src.s union all select 'all', max(n), min(total) from dw.agg;
    end if;
end $$;
