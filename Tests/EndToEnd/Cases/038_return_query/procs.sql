create function etl.f_report(p_min numeric default 0, p_total boolean default true)
returns table (kind text, dept text, n bigint, pay numeric) language plpgsql as $$
begin
    return query
    select 'dept'::text, p.dept, count(*), sum(p.pay) from src.p p where p.pay >= p_min group by p.dept;
    if not p_total then
        return;
    end if;
    return query select 'total', null::text, count(*), avg(p.pay)::numeric(10,3) from src.p p;
end $$;
