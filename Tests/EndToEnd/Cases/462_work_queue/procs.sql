create procedure etl.p_work(p_limit int default 100) language plpgsql as $$
declare
    v_job    dw.job%rowtype;
    v_done   int := 0;
    v_failed int := 0;
begin
    while exists (select 1 from dw.job where state = 'new') and v_done + v_failed < p_limit loop
        select * into v_job from dw.job where state = 'new' order by priority desc nulls last, id limit 1;
        begin
            if v_job.amount is null then
                raise exception 'job % has no amount', v_job.id;
            end if;
            insert into dw.ledger (account, amount, job_id) values (v_job.account, v_job.amount, v_job.id);
            update dw.balance set amount = amount + v_job.amount where account = v_job.account;
            if not found then
                insert into dw.balance (account, amount) values (v_job.account, v_job.amount);
            end if;
            update dw.job set state = 'done' where id = v_job.id;
            v_done := v_done + 1;
            -- a large amount makes a follow-up
            if v_job.amount > 100 then
                insert into dw.job (id, account, amount, priority, state)
                select max(id) + 1, v_job.account, round(v_job.amount * 0.01, 2), v_job.priority, 'new' from dw.job;
            end if;
        exception when others then
            update dw.job set state = 'failed', message = sqlerrm where id = v_job.id;
            v_failed := v_failed + 1;
        end;
    end loop;
    insert into dw.run (what, n) values ('done', v_done), ('failed', v_failed);
end $$;
