create function etl.setting(p_name text, p_default text default null) returns text language sql stable as $$
    select coalesce((select s.value from etl.setting s where s.name = p_name), p_default)
$$;

create function etl.is_number(p_text text) returns boolean language plpgsql immutable as $$
begin
    return p_text ~ '^\s*[-+]?\d+(\.\d+)?\s*$';
end $$;

create function etl.start_run(p_job text, p_date date) returns bigint language plpgsql as $$
declare
    v_id bigint;
begin
    insert into etl.batch_run (job, business_date) values (p_job, p_date) returning run_id into v_id;
    return v_id;
end $$;

create procedure etl.log_step(p_run bigint, p_no int, p_step text, p_rows int, p_state text default '00000', p_message text default null)
language plpgsql as $$
begin
    insert into etl.step_log (run_id, step_no, step, rows_affected, state, message)
    values (p_run, p_no, p_step, p_rows, p_state, left(p_message, 200));
end $$;

-- Shares by class; divides by what may be nothing.
create procedure etl.publish_classes(p_run bigint, inout p_rows int default 0) language plpgsql as $$
declare
    v_total numeric;
begin
    select sum(premium_eur) into v_total from dw.policy;
    delete from dw.premium_by_class;
    insert into dw.premium_by_class (risk_class, policies, premium, share, run_id)
    select p.risk_class, count(*), sum(p.premium_eur), sum(p.premium_eur) / v_total, p_run
    from dw.policy p
    group by p.risk_class;
    get diagnostics p_rows = row_count;
end $$;

/*
 * Loads the policies of the feed since the last watermark.
 * Bad rows are rejected; too many of them, or a failure while publishing, end the run as FAILED without an error.
 */
create procedure etl.load_policies(p_date date, p_force boolean default false) language plpgsql as $$
declare
    c_job constant text := 'policies';
    v_run bigint;
    v_from date;
    v_in int := 0;
    v_ok int := 0;
    v_bad int := 0;
    v_rows int;
    v_pct numeric;
    v_status text := 'OK';
    v_msg text;
    v_state text;
begin
    v_run := etl.start_run(c_job, p_date);
    select w.last_date into strict v_from from etl.watermark w where w.job = c_job;

    -- 1. what is new in the feed
    truncate table stg.policy;
    create temp table new_feed on commit drop as
    select f.*, row_number() over (partition by f.policy_no order by f.feed_id desc) as newest
    from src.policy_feed f
    where f.received > v_from and f.received <= p_date;
    get diagnostics v_in = row_count;
    call etl.log_step(v_run, 1, 'read feed', v_in);

    -- 2. reject what can't be used
    insert into stg.reject (run_id, feed_id, reason)
    select v_run, f.feed_id,
           case
               when f.policy_no is null then 'no policy number'
               when not etl.is_number(f.premium) then 'bad premium'
               when f.risk_class not in (select risk_class from dw.risk_class) then 'unknown class ' || f.risk_class
           end
    from new_feed f
    where f.policy_no is null or etl.is_number(f.premium) is not true
       or not exists (select 1 from dw.risk_class c where c.risk_class = f.risk_class);
    get diagnostics v_bad = row_count;
    call etl.log_step(v_run, 2, 'reject', v_bad, p_message => v_bad || ' of ' || v_in);

    v_pct := case when v_in > 0 then round(100.0 * v_bad / v_in, 1) else 0 end;
    begin
        if v_pct > etl.setting('max_bad_pct', '10')::numeric and not p_force then
            raise exception 'too many rejects: % %%', v_pct using errcode = 'DQ001', hint = 'use force';
        elsif v_bad > 0 then
            v_status := 'WARN';
        end if;

        -- 3. typed rows
        insert into stg.policy (policy_no, holder, start_on, premium, currency, risk_class, feed_id)
        select f.policy_no, nullif(trim(f.holder), ''), f.start_on::date, f.premium::numeric,
               coalesce(f.currency, etl.setting('default_currency')), f.risk_class, f.feed_id
        from new_feed f
        where f.newest = 1 and not exists (select 1 from stg.reject r where r.run_id = v_run and r.feed_id = f.feed_id);
        get diagnostics v_rows = row_count;
        call etl.log_step(v_run, 3, 'stage', v_rows);

        -- 4. merge
        update dw.policy t
        set holder = s.holder, premium_eur = s.premium * x.rate, run_id = v_run
        from stg.policy s
        join src.fx x on x.currency = s.currency
        where t.policy_no = s.policy_no;
        get diagnostics v_ok = row_count;
        insert into dw.policy (policy_no, holder, start_on, premium_eur, risk_class, risk_premium, run_id)
        select s.policy_no, s.holder, s.start_on, s.premium * x.rate, s.risk_class, s.premium / c.factor, v_run
        from stg.policy s
        join dw.risk_class c on c.risk_class = s.risk_class
        left join src.fx x on x.currency = s.currency
        where not exists (select 1 from dw.policy t where t.policy_no = s.policy_no);
        get diagnostics v_rows = row_count;
        v_ok := v_ok + v_rows;
        call etl.log_step(v_run, 4, 'merge', v_ok);

        -- 5. publish; a failure here only warns
        begin
            call etl.publish_classes(v_run, v_rows);
            call etl.log_step(v_run, 5, 'publish', v_rows);
        exception when division_by_zero then
            v_status := 'WARN';
            call etl.log_step(v_run, 5, 'publish', 0, sqlstate, 'skipped: ' || sqlerrm);
        end;
        update etl.watermark set last_date = p_date, last_run = v_run where job = c_job;
        if not found then
            raise exception 'watermark lost';
        end if;
    exception
        when sqlstate 'DQ001' then
            v_status := 'FAILED';
            get stacked diagnostics v_msg = message_text, v_state = pg_exception_hint;
            v_msg := v_msg || ' (' || v_state || ')';
        when not_null_violation or check_violation then
            v_status := 'FAILED';
            v_msg := 'constraint: ' || sqlerrm;
            call etl.log_step(v_run, 9, 'constraint', null, sqlstate, sqlerrm);
        when others then
            get stacked diagnostics v_state = returned_sqlstate, v_msg = message_text;
            v_status := 'FAILED';
            call etl.log_step(v_run, 9, 'error', null, v_state, v_msg);
            raise notice 'failed: %', v_msg;
    end;

    update etl.batch_run
    set status = v_status, ended_at = clock_timestamp(), rows_in = v_in, rows_ok = v_ok, rows_bad = v_bad, message = v_msg
    where run_id = v_run;
end $$;
