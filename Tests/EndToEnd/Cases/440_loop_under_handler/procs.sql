create or replace procedure etl.post_tx(p_job text, p_from int, p_strict boolean default false, p_stop int default null)
language plpgsql as $$
declare
    t     record;
    a     record;
    v_bal numeric;
    v_pos int := 0;
    v_sum numeric := 0;
begin
    insert into etl.job as j (job, state, tries) values (p_job, 'running', 1)
    on conflict (job) do update set state = 'running', tries = j.tries + 1;

    begin
        for t in select * from src.tx where id >= p_from order by id loop
            exit when t.id = p_stop;
            if t.kind not in ('D', 'W') then
                if p_strict then
                    raise exception 'transaction %: kind % is not known', t.id, t.kind;
                end if;
                insert into etl.log values (p_job, 'skipped ' || t.id, null);
                continue;
            end if;
            select bal into v_bal from dw.acc where acc = t.acc for update;
            if not found then
                if p_strict then
                    raise exception 'account % is missing', t.acc using errcode = 'foreign_key_violation';
                end if;
                insert into dw.acc (acc, last_id) values (t.acc, t.id);
                v_bal := 0;
            end if;
            update dw.acc
               set bal = bal + case t.kind when 'D' then coalesce(t.amt, 0) else -t.amt end, n = n + 1, last_id = t.id
             where acc = t.acc and (bal >= t.amt or t.kind = 'D');
            if not found then
                insert into etl.log values (p_job, 'no cover for ' || t.id || ': ' || v_bal, null);
            end if;
        end loop;

        -- a second loop over what the first one left
        delete from dw.top;
        for a in select acc, bal from dw.acc where bal is not null order by bal desc, acc loop
            v_pos := v_pos + 1;
            select coalesce(sum(bal), 0) into v_sum from dw.top;
            exit when v_sum > 12 or v_pos > 3;
            insert into dw.top values (v_pos, a.acc, a.bal);
        end loop;
        update etl.job set state = 'done', msg = null where job = p_job;
    exception
        when foreign_key_violation then
            update etl.job set state = 'missing', msg = sqlerrm where job = p_job;
        when others then
            update etl.job set state = 'failed', msg = sqlstate || ' ' || sqlerrm where job = p_job;
    end;
    insert into etl.log select p_job, state, tries from etl.job where job = p_job;
end;
$$;
