create procedure etl.load_groups(p_strict boolean default false) language plpgsql as $$
declare g_rec record; r record; v_hint text; v_msg text; v_bad int := 0;
begin
  delete from dw.res;
  begin
    for g_rec in select distinct g from src.grp order by g loop
      begin
        for r in select * from src.grp s where s.g = g_rec.g order by n nulls last loop
          if r.n is null then
            raise exception 'group % has no n', r.g using errcode = 'ZZ001', hint = 'fill it';
          end if;
          insert into dw.res values (r.g, r.n, r.n / r.d);
        end loop;
        insert into dw.log (lvl, g) values ('ok', g_rec.g);
      exception
        when division_by_zero then
          insert into dw.log values ('warn', g_rec.g, sqlstate, sqlerrm, null);
          v_bad := v_bad + 1;
        when sqlstate 'ZZ001' then
          get stacked diagnostics v_msg = message_text, v_hint = pg_exception_hint;
          insert into dw.log values ('error', g_rec.g, 'ZZ001', v_msg, v_hint);
          v_bad := v_bad + 1;
          if p_strict then raise; end if;
        when check_violation then
          insert into dw.log values ('check', g_rec.g, sqlstate, sqlerrm, null);
          v_bad := v_bad + 1;
      end;
    end loop;
  exception when others then
    insert into dw.log values ('fatal', null, sqlstate, sqlerrm, null);
  end;
  insert into dw.log (lvl, msg) values ('done', v_bad || ' bad');
end $$;
