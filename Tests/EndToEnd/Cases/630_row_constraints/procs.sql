create procedure etl.load_lines(p_max_bad int default 100) language plpgsql as $$
declare r src.line_in%rowtype; v_ok int := 0; v_dup int := 0; v_bad int := 0; v_last text; v_run int;
begin
  for r in select * from src.line_in order by n loop
    exit when v_bad >= p_max_bad;
    begin
      v_last := r.code;
      insert into dw.line (code, kind, qty, lo, hi) values (r.code, r.kind, r.qty, r.lo, r.hi);
      v_ok := v_ok + 1;
    exception
      when unique_violation then
        v_dup := v_dup + 1;
        insert into dw.problem values (r.n, 'duplicate', sqlstate, sqlerrm);
      when foreign_key_violation or check_violation then
        v_bad := v_bad + 1;
        insert into dw.problem values (r.n, 'bad', sqlstate, sqlerrm);
      when others then
        v_bad := v_bad + 1;
        insert into dw.problem (n, what, state, msg) values (r.n, 'other', sqlstate, sqlerrm);
    end;
  end loop;
  select coalesce(max(run), 0) + 1 into v_run from dw.summary;
  insert into dw.summary values (v_run, v_ok, v_dup, v_bad, v_last);
end $$;
