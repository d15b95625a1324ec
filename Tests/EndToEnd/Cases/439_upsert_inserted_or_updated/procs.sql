create or replace function etl.sync_members(p_job text, p_min int default null) returns int
language plpgsql as $$
declare
    m      record;
    v_id   int;
    v_old  int;
    v_ok   int := 0;
    v_bad  int := 0;
begin
    update etl.job set status = 'running', ok = 0, bad = 0 where job = p_job;
    if not found then
        insert into etl.job (job, status, ok, bad) values (p_job, 'running', 0, 0);
    end if;

    for m in select id, lower(trim(email)) as email, name, score from src.member order by id loop
        begin
            if m.email is null then
                raise exception 'member % without email', m.id using errcode = 'not_null_violation';
            end if;
            if m.score < p_min then
                raise exception 'score % is below %', m.score, p_min;
            end if;

            update dw.member set name = coalesce(m.name, name), score = m.score, touched = touched + 1
             where email = m.email
            returning member_id, score into v_id, v_old;
            if v_id is null then
                insert into dw.member (email, name, score) values (m.email, m.name, coalesce(m.score, 0))
                returning member_id into strict v_id;
                insert into dw.member_audit values (m.id, v_id, 'insert', null);
            else
                insert into dw.member_audit values (m.id, v_id, 'update', v_old);
            end if;
            v_ok := v_ok + 1;
        exception
            when not_null_violation then
                v_bad := v_bad + 1;
                insert into etl.error_log (source_id, message) values (m.id, sqlstate || ': ' || sqlerrm);
            when others then
                v_bad := v_bad + 1;
                insert into etl.error_log (source_id, message) values (m.id, sqlerrm);
        end;
        update etl.job set ok = v_ok, bad = v_bad where job = p_job;
    end loop;

    update etl.job set status = case when v_bad > 0 then 'partial' else 'done' end, ended = now() where job = p_job;
    return v_ok;
end;
$$;
