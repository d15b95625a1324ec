create or replace procedure rpt.build_pivot(p_year int, p_kpis boolean = true)
language plpgsql as $fn$
declare
    months text[] := array['jan','feb','mar'];
    m text; i int := 0; sql text; v numeric; k record;
begin
    execute 'truncate table rpt.sales_pivot';
    insert into rpt.sales_pivot (region) select distinct coalesce(region, '(none)') from src.sales;
    foreach m in array months loop
        i := i + 1;
        sql := format('update rpt.sales_pivot p set %I = (select sum(s.amt) from src.sales s where coalesce(s.region, %L) = p.region and extract(year from s.sold) = $1 and extract(month from s.sold) = %s)', m, '(none)', i);
        execute sql using p_year;
    end loop;
    update rpt.sales_pivot set total = coalesce(jan,0) + coalesce(feb,0) + coalesce(mar,0);

    if p_kpis then
        for k in select * from (values ('orders', 'count(*)', 'all years'), ('revenue', 'sum(amt)', null), ('avg_qty', 'round(avg(qty), 2)', 'per line')) as t(name, expr, note)
        loop
            execute 'select ' || k.expr || ' from src.sales where extract(year from sold) = ' || p_year into v;
            update rpt.kpi set val = v, note = k.note where name = k.name;
            if not found then
                insert into rpt.kpi values (k.name, v, k.note);
            end if;
        end loop;
    end if;
end $fn$;
