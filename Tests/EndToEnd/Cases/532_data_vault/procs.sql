create or replace procedure dv.load_vault(p_load_ts timestamp, inout p_rows integer default 0)
language plpgsql
as $body$
declare
  v_audit  dv.load_audit.audit_id%type;
  v_hub    int := 0;
  v_n      int;
  v_sat    int := 0;
begin
  insert into dv.load_audit (process, load_ts, state) values ('load_vault', p_load_ts, 'STARTED') returning audit_id into v_audit;

  create temporary table stg on commit drop as
  select upper(trim(src_customer_no)) as customer_no,
         upper(trim(src_order_no))    as order_no,
         customer_name, nullif(segment, '') as segment, order_status, order_total, record_source,
         md5(upper(trim(src_customer_no))) as hk_customer,
         md5(upper(trim(src_order_no)))    as hk_order,
         md5(coalesce(upper(trim(src_customer_no)), '') || '|' || coalesce(upper(trim(src_order_no)), '')) as hk_link,
         md5(concat_ws('|', customer_name, coalesce(nullif(segment, ''), '^^'))) as hd_customer,
         md5(concat_ws('|', order_status, coalesce(order_total::text, '^^'))) as hd_order
    from landing.customer_order
   where load_ts = p_load_ts;

  -- hubs
  insert into dv.hub_customer (hk_customer, customer_no, load_ts, record_source)
  select s.hk_customer, s.customer_no, p_load_ts, min(s.record_source)
    from stg s
   where s.hk_customer is not null
     and not exists (select from dv.hub_customer h where h.hk_customer = s.hk_customer)
   group by s.hk_customer, s.customer_no;
  get diagnostics v_n = row_count;
  v_hub := v_hub + v_n;

  insert into dv.hub_order (hk_order, order_no, load_ts, record_source)
  select hk_order, order_no, p_load_ts, min(record_source) from stg where hk_order is not null group by 1, 2
  on conflict (hk_order) do nothing;
  get diagnostics v_n = row_count;
  v_hub := v_hub + v_n;

  -- links need both ends
  insert into dv.link_customer_order
  select distinct on (s.hk_link) s.hk_link, s.hk_customer, s.hk_order, p_load_ts, s.record_source
    from stg s
    left join dv.link_customer_order l using (hk_link)
   where l.hk_link is null and s.hk_customer is not null and s.hk_order is not null
   order by s.hk_link, s.record_source;

  -- satellites: only what has changed against the latest row
  with latest as (
    select distinct on (hk_customer) hk_customer, hash_diff from dv.sat_customer order by hk_customer, load_ts desc
  ), delta as (
    select s.hk_customer, max(s.hd_customer) as hd, max(s.customer_name) as customer_name, max(s.segment) as segment, max(s.record_source) as record_source
      from stg s
     where s.hk_customer is not null
     group by s.hk_customer
  )
  insert into dv.sat_customer (hk_customer, load_ts, hash_diff, name, segment, record_source)
  select d.hk_customer, p_load_ts, d.hd, d.customer_name, d.segment, d.record_source
    from delta d left join latest l on l.hk_customer = d.hk_customer
   where l.hash_diff is null or l.hash_diff <> d.hd;
  get diagnostics v_sat = row_count;

  -- end-date what is superseded
  update dv.sat_customer t
     set load_end_ts = n.next_ts
    from (select hk_customer, load_ts, lead(load_ts) over (partition by hk_customer order by load_ts) as next_ts from dv.sat_customer) n
   where n.hk_customer = t.hk_customer and n.load_ts = t.load_ts
     and n.next_ts is distinct from t.load_end_ts;

  insert into dv.sat_order
  select hk_order, p_load_ts, max(hd_order), max(order_status), max(order_total), max(record_source)
    from stg s
   where not exists (select 1 from dv.sat_order o where o.hk_order = s.hk_order and o.hash_diff = s.hd_order
                        and o.load_ts = (select max(load_ts) from dv.sat_order where hk_order = s.hk_order))
   group by hk_order;
  get diagnostics v_n = row_count;

  p_rows := v_hub + v_sat + v_n;
  update dv.load_audit set rows_hub = v_hub, rows_sat = v_sat + v_n, state = case when p_rows = 0 then 'EMPTY' else 'DONE' end where audit_id = v_audit;
end
$body$;
