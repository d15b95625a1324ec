create or replace function etl.clean(p_text text) returns text language sql immutable as $$
    select nullif(upper(btrim(p_text)), '')
$$;

create or replace procedure etl.product_key_of(p_product text, p_day date, inout p_key bigint, inout p_made integer)
language plpgsql as $$
begin
    select d.product_key into p_key from dw.dim_product d where d.product = etl.clean(p_product);
    if p_key is null then
        insert into dw.dim_product (product, first_seen) values (etl.clean(p_product), p_day)
        returning product_key into p_key;
        p_made := p_made + 1;
    end if;
    update dw.dim_product set sales = sales + 1 where product_key = p_key;
end;
$$;

create or replace procedure etl.load_sales(p_run integer, p_min_qty numeric default 0)
language plpgsql as $$
declare
    r          src.sale%rowtype;
    v_product  bigint;
    v_store    integer;
    v_region   text;
    v_products integer := 0;
    v_stores   integer := 0;
begin
    insert into etl.run (run_id, proc) values (p_run, 'load_sales');

    for r in select * from src.sale s where not exists (select 1 from dw.fact_sale f where f.sale_id = s.sale_id) order by s.sold_at nulls last, s.sale_id loop
        update etl.run set read_ = read_ + 1 where run_id = p_run;

        if etl.clean(r.product) is null or coalesce(r.qty, 0) <= p_min_qty then
            insert into etl.reject (sale_id, reason)
            values (r.sale_id, case when r.product is null then 'no product' else 'quantity ' || coalesce(r.qty::text, 'missing') end);
            update etl.run set rejected = rejected + 1 where run_id = p_run;
            continue;
        end if;

        v_product := null;
        call etl.product_key_of(r.product, r.sold_at::date, v_product, v_products);

        if r.store is null then
            v_store := null;
        else
            insert into dw.dim_store as s (store, region)
            values (r.store, r.region)
            on conflict (store) do update
                set region = excluded.region,
                    moved  = s.moved + case when s.region is distinct from excluded.region then 1 else 0 end
            returning store_key, region into v_store, v_region;
            if v_region is null then
                v_stores := v_stores + 1;
            end if;
        end if;

        insert into dw.fact_sale (sale_id, product_key, store_key, day, qty, amount)
        values (r.sale_id, v_product, v_store, r.sold_at::date, r.qty, r.qty * r.price);
        update etl.run set written = written + 1 where run_id = p_run;
    end loop;

    update etl.run
       set made = format('%s products, %s stores without region', v_products, v_stores),
           state = case when rejected = 0 then 'ok' else 'warn' end
     where run_id = p_run;
end;
$$;
