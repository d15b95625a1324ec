create or replace procedure etl.audit_tables(p_purge boolean default false) language plpgsql as $$
declare t record; n bigint; m bigint; x int; v_sql text;
begin
  for t in select * from (values ('a', 'v', 'a_copy'), ('b', 'w', 'b_copy')) as l(src_table, col, target) loop
    v_sql := 'SELECT count(*), count(*) FILTER (WHERE ' || quote_ident(t.col) || ' IS NULL), max(id) FROM src.' || quote_ident(t.src_table);
    execute v_sql into n, m, x;
    insert into dw.audit values (t.src_table, n, m, x, current_date);
    if n > 0 and p_purge then
      execute format('truncate table dw.%I', t.target);
    end if;
    execute format('insert into dw.%I (id, v) select id, %I::text from src.%I where id is not null', t.target, t.col, t.src_table);
  end loop;
end $$;
