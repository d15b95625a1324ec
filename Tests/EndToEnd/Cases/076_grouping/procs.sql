create procedure etl.p_group(p_min int default 1) language plpgsql as $$
begin
    truncate dw.g;
    insert into dw.g select g, h, grouping(g, h), count(*), count(distinct v), sum(v), avg(v) filter (where h = 1) from src.s group by rollup (g, h);
    insert into dw.g (g, n, s) select coalesce(g, 'none'), count(v), sum(v) / count(v) from src.s group by 1 having count(v) > p_min and bool_or(h is not null);
    insert into dw.g (g, s) select max(g), sum(s) from dw.g where lvl = 3;
end $$;
