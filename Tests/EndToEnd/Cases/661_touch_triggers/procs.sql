create procedure app.sync_products() language plpgsql as $$
declare n int;
begin
  create temp table f on commit drop as
  select distinct on (upper(btrim(sku))) upper(btrim(sku)) as sku, nullif(btrim(name), '') as name, price, lower(status)::app.status as status
  from src.feed where sku is not null order by upper(btrim(sku)), price desc nulls last, name;
  update app.product p
     set price = f.price, status = f.status, name = coalesce(f.name, p.name)
    from f
   where f.sku = p.sku and (p.price, p.status, p.name) is distinct from (f.price::app.price, f.status, coalesce(f.name, p.name));
  insert into app.product (sku, name, price, status)
  select f.sku, coalesce(f.name, f.sku), f.price, f.status from f
  where not exists (select 1 from app.product p where p.sku = f.sku) order by f.sku;
  update app.product p set status = 'gone' where status <> 'gone' and not exists (select 1 from f where f.sku = p.sku);
end $$;
