create or replace procedure etl.refresh_prices(p_since date default '1900-01-01')
language plpgsql as $$
declare
    f         src.price_feed%rowtype;
    v_old     dw.price.price%type;
    v_read    int := 0;
    v_ins     int := 0;
    v_upd     int := 0;
    v_kept    int := 0;
    v_last    text;
    v_biggest numeric;
begin
    for f in select * from src.price_feed where at >= p_since order by id loop
        v_read := v_read + 1;
        if f.sku is null then
            insert into dw.price_log values (f.id, null, 'no sku', null, v_read);
            continue;
        end if;
        select price into v_old from dw.price where sku = f.sku;
        if not found then
            insert into dw.price (sku, price, supplier, since) values (f.sku, f.price, f.supplier, f.at);
            v_ins := v_ins + 1;
            insert into dw.price_log values (f.id, f.sku, 'new', null, v_read);
        elsif v_old is distinct from round(f.price, 2) then
            update dw.price set price = f.price, changes = changes + 1, supplier = coalesce(f.supplier, supplier), since = f.at where sku = f.sku;
            v_upd := v_upd + 1;
            insert into dw.price_log values (f.id, f.sku, 'was by ' || coalesce(v_last, '-'), v_old, v_read);
        else
            v_kept := v_kept + 1;
        end if;
        v_last := f.sku;
        v_biggest := greatest(v_biggest, f.price);
    end loop;
    insert into etl.summary (read_, inserted, updated, kept, last_sku, biggest) values (v_read, v_ins, v_upd, v_kept, v_last, v_biggest);
end;
$$;
