create procedure etl.p_explode(p_product text, p_qty numeric default 1) language plpgsql as $$
declare
    v_level int := 0;
    v_rows  int;
    v_max   constant int := 10;
begin
    create temp table tmp_explosion (component text, level int, qty numeric, path text) on commit drop;
    insert into tmp_explosion values (p_product, 0, p_qty, p_product);
    loop
        insert into tmp_explosion (component, level, qty, path)
        select b.component, v_level + 1, t.qty * b.qty_per * (1 + coalesce(b.scrap, 0)), t.path || '>' || b.component
          from tmp_explosion t
          join src.bom b on b.assembly = t.component
         where t.level = v_level
           and b.valid;
        get diagnostics v_rows = row_count;
        exit when v_rows = 0 or v_level >= v_max;
        v_level := v_level + 1;
    end loop;
    delete from dw.requirement where product = p_product;
    insert into dw.requirement (product, component, qty, deepest)
    select p_product, component, sum(qty), max(level) from tmp_explosion where level > 0 group by component;
    insert into dw.explosion_log (product, levels, lines) select p_product, v_level, count(*) from tmp_explosion;
end $$;
