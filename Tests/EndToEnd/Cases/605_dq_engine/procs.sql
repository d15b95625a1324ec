create procedure dq.check_rule(p_run int, p_rule text, p_schema text, p_table text, p_predicate text, p_severity text default 'warn')
language plpgsql as $$
declare v_all bigint; v_bad bigint; v_sql text;
begin
  v_sql := format('select count(*), count(*) filter (where not coalesce(%s, false)) from %I.%I', p_predicate, p_schema, p_table);
  execute v_sql into v_all, v_bad;
  insert into dq.result values (p_run, p_rule, p_schema || '.' || p_table, v_all, v_bad, case when v_all > 0 then 100.0 * v_bad / v_all end, p_severity);
  if v_bad > 0 then
    execute format('insert into dq.sample select $1, $2, id::text from %I.%I where not coalesce(%s, false) order by id limit 2', p_schema, p_table, p_predicate)
      using p_run, p_rule;
  end if;
end $$;
create procedure dq.run_all(p_limit numeric default 50) language plpgsql as $$
declare
  v_run int; v_verdict text; rec record; v_failed int := 0; c text;
begin
  select coalesce(max(run_id), 0) + 1 into v_run from dq.run;
  insert into dq.run (run_id) values (v_run);
  call dq.check_rule(v_run, 'email', 'd', 'customer', $p$email like '%_@_%._%'$p$, 'error');
  call dq.check_rule(v_run, 'credit', 'd', 'customer', 'credit >= 0');
  call dq.check_rule(p_run => v_run, p_rule => 'fk', p_schema => 'd', p_table => 'invoice', p_predicate => 'customer_id in (select id from d.customer)', p_severity => 'error');
  foreach c in array array['total', 'lines', 'status'] loop
    call dq.check_rule(v_run, 'invoice.' || c, 'd', 'invoice', quote_ident(c) || ' is not null');
  end loop;
  for rec in select rule, pct, severity from dq.result where run_id = v_run order by severity, rule loop
    if rec.severity = 'error' and rec.pct > p_limit then
      v_verdict := coalesce(v_verdict || ', ', '') || rec.rule;
    elsif rec.pct > p_limit then
      v_failed := v_failed + 1;
    end if;
  end loop;
  update dq.run set verdict = coalesce('failed: ' || v_verdict, case when v_failed > 1 then 'warn' else 'ok' end), failed_rules = v_failed where run_id = v_run;
  delete from dq.sample s where s.run_id < v_run - 1;
end $$;
