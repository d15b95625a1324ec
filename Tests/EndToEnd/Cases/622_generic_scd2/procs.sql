create or replace function etl.fn_hash(variadic p_vals text[]) returns text language sql immutable as $$
  select md5(array_to_string(p_vals, '|', '~'))
$$;
create or replace procedure etl.load_dim_customer(p_batch_ts timestamp, p_schema text default 'dw', p_table text default 'dim_customer') language plpgsql as $$
declare
  v_sql text;
  v_ins bigint; v_upd bigint; v_del bigint;
  v_started timestamp := clock_timestamp();
  v_msg text; v_state text; v_ctx text;
begin
  drop table if exists tmp_src;
  create temp table tmp_src on commit drop as
  select c.id, c.name, c.city, c.tier, etl.fn_hash(c.name, c.city, c.tier) as row_hash from src.customer c;
  create index on tmp_src (id);
  analyze tmp_src;

  v_sql := format('update %I.%I d set valid_to = $1, is_current = false
                   from tmp_src s where s.id = d.customer_id and d.is_current and d.row_hash is distinct from s.row_hash', p_schema, p_table);
  execute v_sql using p_batch_ts;
  get diagnostics v_upd = row_count;

  v_sql := 'update ' || quote_ident(p_schema) || '.' || quote_ident(p_table) || ' d set valid_to = ' || quote_literal(p_batch_ts) || ', is_current = false'
        || ' where d.is_current and not exists (select 1 from tmp_src s where s.id = d.customer_id)';
  execute v_sql;
  get diagnostics v_del = row_count;

  execute format('insert into %I.%I (customer_id, name, city, tier, row_hash, valid_from)
    select s.id, s.name, s.city, s.tier, s.row_hash, %L::timestamp from tmp_src s
    left join %1$I.%2$I d on d.customer_id = s.id and d.is_current where d.customer_id is null order by s.id', p_schema, p_table, p_batch_ts);
  get diagnostics v_ins = row_count;

  insert into dw.etl_audit (proc_name, target, ins, upd, del, started_at, status)
  values ('load_dim_customer', p_schema || '.' || p_table, v_ins, v_upd, v_del, v_started, 'SUCCESS');
exception
  when others then
    get stacked diagnostics v_msg = message_text, v_state = returned_sqlstate, v_ctx = pg_exception_context;
    insert into dw.etl_audit (proc_name, target, started_at, status, message)
    values ('load_dim_customer', p_schema || '.' || p_table, v_started, 'FAILED', v_state || ': ' || v_msg);
    raise;
end $$;
