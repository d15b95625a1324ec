create procedure etl.p_regions() language plpgsql as $$
declare
    v_region text;
    v_rows   int;
    v_sum    numeric;
    v_best   text;
begin
    create temp table tmp_part (item text, amount numeric) on commit drop;
    for v_region in select distinct region from src.sale order by region nulls first loop
        truncate tmp_part;
        insert into tmp_part select item, sum(amount) from src.sale where region is not distinct from v_region group by item;
        get diagnostics v_rows = row_count;
        delete from tmp_part where amount is null or amount <= 0;
        if not exists (select 1 from tmp_part) then
            insert into dw.note (region, what) values (v_region, 'nothing of ' || v_rows);
            continue;
        end if;
        select sum(amount) into v_sum from tmp_part;
        select item into v_best from tmp_part order by amount desc, item limit 1;
        insert into dw.share (region, item, amount, share)
        select coalesce(v_region, 'none'), t.item, t.amount, round(t.amount / v_sum, 4) from tmp_part t
        on conflict (region, item) do update set amount = excluded.amount, share = excluded.share;
        merge into dw.best b
        using (select coalesce(v_region, 'none') as region, v_best as item) s on b.region = s.region
        when matched and b.item = s.item then update set times = b.times + 1
        when matched then update set item = s.item, times = 1
        when not matched then insert (region, item, times) values (s.region, s.item, 1);
        with gone as (
            delete from dw.share d where d.region = coalesce(v_region, 'none') and not exists (select 1 from tmp_part t where t.item = d.item)
            returning d.item
        )
        insert into dw.note (region, what) select v_region, 'gone ' || g.item from gone g;
    end loop;
end $$;
