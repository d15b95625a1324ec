create or replace procedure etl.load_feed(p_feed text, p_run int, inout p_total int) language plpgsql as $$
declare
    r          record;
    v_seen     int := 0;
    v_loaded   int := 0;
    v_rejected int := 0;
    v_prev     text;
begin
    insert into etl.run (run, feed) values (p_run, p_feed);

    for r in select f.id, f.k, f.amount from (select 'feed_a' as src, a.* from src.feed_a a union all select 'feed_b', b.* from src.feed_b b) f where f.src = p_feed order by f.k nulls first, f.id loop
        v_seen := v_seen + 1;
        if r.k is null then
            insert into dw.rejected values (p_feed, r.id, 'no key');
            v_rejected := v_rejected + 1;
            continue;
        end if;
        if r.k = v_prev then
            -- a key that comes again is added to the first one
            update dw.target set amount = amount + r.amount::numeric, n = n + 1 where k = r.k;
        else
            update dw.target set amount = r.amount::numeric, feed = p_feed, run = p_run where k = r.k;
            if not found then
                insert into dw.target (k, amount, feed, run) values (r.k, r.amount::numeric, p_feed, p_run);
            end if;
        end if;
        v_loaded := v_loaded + 1;
        v_prev := r.k;
    end loop;

    update etl.run set seen = v_seen, loaded = v_loaded, rejected = v_rejected, state = case when v_rejected > 0 then 'warn' else 'ok' end, ended = now() where run = p_run;
    p_total := p_total + v_loaded;
end;
$$;

create or replace procedure etl.p_feeds(p_feeds text[] default array['feed_a', 'feed_b']) language plpgsql as $$
declare
    v_feed  text;
    v_total int := 0;
    v_run   int;
    v_rows  bigint;
begin
    foreach v_feed in array p_feeds loop
        v_run := nextval('etl.run_seq');
        begin
            execute format('delete from dw.rejected where feed = %L', v_feed);
            call etl.load_feed(v_feed, v_run, v_total);
        exception
            when others then
                insert into etl.run (run, feed, state) values (v_run, v_feed, 'failed');
        end;
    end loop;
    get diagnostics v_rows = row_count;
    if v_total = 0 then
        delete from dw.target where n = 1;
    end if;
end;
$$;
