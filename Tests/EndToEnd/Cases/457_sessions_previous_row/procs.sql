create procedure etl.p_sessionize(p_gap interval default '30 minutes') language plpgsql as $$
declare
    v_prev     src.click%rowtype;
    r          record;
    v_session  bigint := 0;
    v_start    timestamp;
    v_hits     int := 0;
    v_pages    text := '';
    v_islands  int := 0;
begin
    truncate dw.session;
    v_prev := null;
    for r in select user_id, at, page from src.click where at is not null order by user_id nulls first, at, page loop
        if v_prev is null
           or v_prev.user_id is distinct from r.user_id
           or r.at - v_prev.at > p_gap then
            if v_prev is not null then
                insert into dw.session (session_no, user_id, started, ended, hits, pages)
                values (v_session, v_prev.user_id, v_start, v_prev.at, v_hits, left(v_pages, 20));
            end if;
            v_session := v_session + 1;
            v_start   := r.at;
            v_hits    := 0;
            v_pages   := '';
        end if;
        v_hits  := v_hits + 1;
        v_pages := v_pages || case when v_pages = '' then '' else ',' end || coalesce(r.page, '-');
        v_prev  := r;
    end loop;
    if v_prev is not null then
        insert into dw.session (session_no, user_id, started, ended, hits, pages)
        values (v_session, v_prev.user_id, v_start, v_prev.at, v_hits, left(v_pages, 20));
    end if;
    select count(distinct user_id) into v_islands from dw.session;
    insert into dw.run (what, n) values ('users', v_islands);
end $$;
