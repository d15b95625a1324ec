create or replace procedure etl.sessions(p_gap interval default interval '30 minutes') language plpgsql as $$
declare h record; v_usr text; v_at timestamp; v_no int := 0; v_diff bigint;
begin
  create temp table s_hit (id int, usr text, no int) on commit drop;
  for h in select id, usr, at from src.hit where usr is not null order by usr, at, id loop
    if v_usr is distinct from h.usr then
      v_no := 1;
    elsif h.at - v_at > p_gap then
      v_no := v_no + 1;
    end if;
    insert into s_hit values (h.id, h.usr, v_no);
    v_usr := h.usr; v_at := h.at;
  end loop;
  truncate dw.session;
  insert into dw.session
  select s.usr, s.no, min(x.at), max(x.at), count(*),
         (array_agg(x.url order by x.at, x.id))[1], (array_agg(x.url order by x.at desc, x.id desc))[1],
         coalesce(min(x.src) filter (where x.src is not null), 'direct')
  from s_hit s join src.hit x using (id) group by s.usr, s.no;
  with w as (
    select id, usr, sum(case when at - lag_at > p_gap or lag_at is null then 1 else 0 end) over (partition by usr order by at, id) as no
    from (select id, usr, at, lag(at) over (partition by usr order by at, id) as lag_at from src.hit where usr is not null) q
  )
  select count(*) into v_diff from w full join s_hit s on s.id = w.id where s.no is distinct from w.no;
  insert into dw.check_log values ('window check', v_diff);
  insert into dw.usr as u
  select usr, max(no), (select array_agg(distinct url order by url) from src.hit x where x.usr = s.usr and url is not null),
         jsonb_object_agg(no::text, channel order by no), min(started)
  from dw.session s group by usr
  on conflict (usr) do update set sessions = excluded.sessions, urls = excluded.urls, channels = u.channels || excluded.channels, first_seen = least(u.first_seen, excluded.first_seen);
end $$;
