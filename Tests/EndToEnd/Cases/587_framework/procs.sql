create or replace function adm.param(p_job text, p_name text, p_default text default null) returns text language sql stable as $$
  select coalesce((select value from adm.params where job = p_job and name = p_name), p_default)
$$;

create or replace procedure adm.start_run(in p_job text, inout p_run bigint) language plpgsql as $$
begin
    p_run := nextval('adm.run_seq');
    insert into adm.runs (run_id, job, status) values (p_run, p_job, 'RUNNING');
end $$;

create or replace procedure adm.step(p_run bigint, p_no int, p_text text, p_n int) language plpgsql as $$
begin
    insert into adm.steps values (p_run, p_no, p_text, p_n);
exception when unique_violation then
    update adm.steps set step = p_text, n = coalesce(n, 0) + coalesce(p_n, 0) where run_id = p_run and step_no = p_no;
end $$;

create or replace procedure dwh.load_products(p_force boolean default false)
language plpgsql as $$
declare
    c_job constant text := 'products';
    v_run bigint;
    v_wm  timestamp;
    v_new timestamp;
    v_in  int; v_out int := 0; v_rej int := 0; n int;
begin
    call adm.start_run(c_job, v_run);
    v_wm := adm.param(c_job, 'watermark', '1900-01-01')::timestamp;
    if p_force then v_wm := '1900-01-01'; end if;

    drop table if exists tmp_p;
    create temporary table tmp_p as
    select distinct on (sku) sku, nullif(trim(title), '') as title,
           case when price ~ '^[0-9]+(\.[0-9]+)?$' then price::numeric end as price, price as raw_price, changed, coalesce(op, 'U') as op
      from stg.products where changed > v_wm
     order by sku, changed desc, row_id desc;
    get diagnostics v_in = row_count;
    call adm.step(v_run, 1, 'read', v_in);

    delete from tmp_p where sku is null or (price is null and op <> 'D');
    get diagnostics v_rej = row_count;
    call adm.step(v_run, 2, 'rejected', v_rej);
    if v_rej > adm.param(c_job, 'max_reject', '0')::int then
        update adm.runs set status = 'FAILED', ended = now(), err = 'rejects: ' || v_rej where run_id = v_run;
        return;
    end if;

    insert into dwh.products_hist (sku, old_price, new_price, run_id)
    select p.sku, p.price, t.price, v_run from tmp_p t join dwh.products p on p.sku = t.sku
    where t.op <> 'D' and p.price <> t.price order by p.sku;

    update dwh.products p set title = coalesce(t.title, p.title), price = t.price, changed = t.changed, active = true, updated_run = v_run
      from tmp_p t where t.sku = p.sku and t.op <> 'D' and (p.title, p.price, p.active) is distinct from (coalesce(t.title, p.title), t.price, true);
    get diagnostics n = row_count; v_out := v_out + n;
    call adm.step(v_run, 3, 'updated', n);

    update dwh.products set active = false, updated_run = v_run where active and sku in (select sku from tmp_p where op = 'D');
    get diagnostics n = row_count; v_out := v_out + n;
    call adm.step(v_run, 3, 'deactivated too', n);

    insert into dwh.products (sku, title, price, changed, updated_run)
    select t.sku, t.title, t.price, t.changed, v_run from tmp_p t
    where t.op in ('I', 'U') and not exists (select from dwh.products p where p.sku = t.sku);
    get diagnostics n = row_count; v_out := v_out + n;
    call adm.step(v_run, 4, 'inserted', n);

    select max(changed) into v_new from tmp_p;
    if v_new is not null then
        update adm.params set value = to_char(v_new, 'YYYY-MM-DD HH24:MI:SS') where job = c_job and name = 'watermark';
    end if;
    update adm.runs set status = case when v_in = 0 then 'EMPTY' else 'OK' end, ended = clock_timestamp(), rows_in = v_in, rows_out = v_out where run_id = v_run;
exception when others then
    insert into adm.runs (run_id, job, status, err) values (-1, c_job, 'ERROR', sqlerrm) on conflict (run_id) do nothing;
end $$;
