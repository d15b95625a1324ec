create or replace function dv.bk(p text) returns text language sql immutable as $$ select coalesce(nullif(upper(trim(p)), ''), '-1') $$;
create or replace function dv.hk(variadic p text[]) returns char(32) language plpgsql immutable as $$
begin
  return md5(array_to_string(p, '||', ''));
end $$;
create or replace procedure dv.stat(p_dts timestamp, p_obj text, p_n int) language sql as $$
  insert into dv.load_stats values (p_dts, p_obj, p_n);
$$;
create or replace procedure dv.load_hubs(p_load_dts timestamp, p_src text) language plpgsql as $$
declare n int;
begin
  insert into dv.hub_customer (customer_hk, customer_bk, load_dts, rec_src)
  select distinct dv.hk(dv.bk(c.cust_no)), dv.bk(c.cust_no), p_load_dts, p_src
  from (select cust_no from src.crm_customer union all select cust_no from src.crm_order) c
  where not exists (select 1 from dv.hub_customer h where h.customer_hk = dv.hk(dv.bk(c.cust_no)));
  get diagnostics n = row_count; call dv.stat(p_load_dts, 'hub_customer', n);
  insert into dv.hub_product
  select dv.hk(dv.bk(o.prod)), dv.bk(o.prod), p_load_dts, p_src
  from src.crm_order o left join dv.hub_product h on h.product_bk = dv.bk(o.prod)
  where h.product_hk is null group by dv.bk(o.prod);
  get diagnostics n = row_count; call dv.stat(p_load_dts, 'hub_product', n);
end $$;
create or replace procedure dv.load_links(p_load_dts timestamp, p_src text) language plpgsql as $$
declare n int;
begin
  insert into dv.link_order
  select distinct on (1) dv.hk(dv.bk(o.order_no), dv.bk(o.cust_no), dv.bk(o.prod)), dv.hk(dv.bk(o.cust_no)), dv.hk(dv.bk(o.prod)), o.order_no, p_load_dts, p_src
  from src.crm_order o
  order by 1, o.order_no
  on conflict (order_hk) do nothing;
  get diagnostics n = row_count; call dv.stat(p_load_dts, 'link_order', n);
end $$;
create or replace procedure dv.load_sats(p_load_dts timestamp, p_src text) language plpgsql as $$
declare n int;
begin
  create temp table stg_sat on commit drop as
  select distinct on (hk) dv.hk(dv.bk(cust_no)) as hk, name, phone, email,
         md5(coalesce(name,'') || '|' || coalesce(phone,'') || '|' || coalesce(email,''))::char(32) as hash_diff
  from src.crm_customer order by hk, name desc;
  with latest as (
    select customer_hk, hash_diff, row_number() over (partition by customer_hk order by load_dts desc) rn from dv.sat_customer
  )
  insert into dv.sat_customer (customer_hk, load_dts, hash_diff, name, phone, email, rec_src)
  select s.hk, p_load_dts, s.hash_diff, s.name, s.phone, s.email, p_src
  from stg_sat s left join latest l on l.customer_hk = s.hk and l.rn = 1
  where l.customer_hk is null or l.hash_diff <> s.hash_diff;
  get diagnostics n = row_count; call dv.stat(p_load_dts, 'sat_customer', n);
  update dv.sat_customer s set load_end_dts = x.next_dts - interval '1 second'
  from (select customer_hk, load_dts, lead(load_dts) over (partition by customer_hk order by load_dts) as next_dts from dv.sat_customer) x
  where x.customer_hk = s.customer_hk and x.load_dts = s.load_dts and x.next_dts is not null and s.load_end_dts is null;
end $$;
create or replace procedure dv.load_all(p_load_dts timestamp, p_src text default 'UNKNOWN') language plpgsql as $$
begin
  call dv.load_hubs(p_load_dts, p_src);
  call dv.load_links(p_load_dts, p_src => p_src);
  call dv.load_sats(p_load_dts, p_src);
end $$;
