create procedure etl.hints(p_stop boolean default false) language plpgsql as $$
declare r record; m text; d text; h text; c text; o text; t text;
begin
  begin
    for r in select * from src.x order by id loop
      begin
        if r.v < 0 then
          raise exception 'v of % is %', r.id, r.v using detail = 'row ' || r.id, hint = 'take ' || abs(r.v), errcode = '22023';
        end if;
        insert into dw.t values (r.k, r.v);
      exception
        when data_exception then
          get stacked diagnostics m = message_text, d = pg_exception_detail, h = pg_exception_hint;
          insert into dw.log (id, state, msg, det, hin) values (r.id, sqlstate, m, d, h);
        when integrity_constraint_violation then
          get stacked diagnostics c = constraint_name, o = column_name, t = table_name;
          insert into dw.log (id, state, msg, con, col, tab) values (r.id, sqlstate, sqlerrm, c, o, t);
      end;
    end loop;
    for r in select * from src.x order by id loop
      if p_stop and r.v = 1 and r.id > 1 then
        raise exception 'stopped at %', r.id using detail = 'fixed', hint = 'hint ' || coalesce(r.k, '?');
      end if;
      update dw.t set v = v + 100 where k = r.k;
    end loop;
  exception when raise_exception then
    get stacked diagnostics m = message_text, d = pg_exception_detail, h = pg_exception_hint;
    insert into dw.log (id, state, msg, det, hin) values (0, sqlstate, m, d, h);
  end;
end $$;
