create function etl.dyn_report(p_kind text, p_min numeric default 0) returns table (what text, n bigint) language plpgsql as $$
declare t text; r record; v_n bigint; v_d date; v_sql text;
begin
  foreach t in array array['a', 'b'] loop
    v_sql := format('delete from dw.out_%s where v < $1 or $1 is null', t);
    execute v_sql using p_min;
    get diagnostics v_n = row_count;
    insert into dw.cnt values ('deleted ' || t, v_n, null);
    for r in execute format('select kind, v from src.m where kind = %L and v >= coalesce($1, v) order by v, d', t) using p_min loop
      execute 'insert into dw.out_' || t || ' (kind, v, note) values ($1, $2, ' || quote_nullable(p_kind) || ')' using r.kind, r.v * 2;
    end loop;
    execute format('select count(*), max(d) from src.m where kind is not distinct from %1$L', t) into v_n, v_d;
    insert into dw.cnt values (t, v_n, v_d);
  end loop;
  return query execute 'select what, sum(n)::bigint from dw.cnt where what like $1 group by what order by what' using p_kind || '%';
  if not found then
    return query select 'nothing'::text, 0::bigint;
  end if;
end $$;
