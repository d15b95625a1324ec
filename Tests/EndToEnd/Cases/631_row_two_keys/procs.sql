create procedure etl.log_err(p_n int, p_state text, p_msg text, p_con text default null) language plpgsql as $$
begin insert into dw.err values (p_n, p_state, p_msg, p_con); end $$;
create procedure etl.load_members() language plpgsql as $$
declare r record; v_con text;
begin
  for r in select * from src.member_in order by n loop
    begin
      insert into dw.team (team) values (r.team) on conflict (team) do nothing;
      insert into dw.member (code, email, team, points) values (r.code, r.email, r.team, r.points::int);
      update dw.team set total = total + r.points::int where team = r.team;
    exception when others then
      get stacked diagnostics v_con = constraint_name;
      call etl.log_err(r.n, sqlstate, sqlerrm, v_con);
    end;
  end loop;
end $$;
