create or replace procedure etl.post_transfers(p_limit int default null)
language plpgsql as $$
declare
    t        record;
    v_from   int;
    v_debit  numeric;
    v_floor  numeric;
    v_credit numeric;
    v_done   int := 0;
    v_moved  numeric := 0;
begin
    select last_id into v_from from etl.control where name = 'transfers' for update;

    for t in select * from src.transfer where id > v_from order by id limit p_limit loop
        update etl.control set last_id = t.id where name = 'transfers';

        begin
            if t.amount is null then
                raise exception 'transfer % has no amount', t.id;
            end if;

            select balance, coalesce(floor_, 0) into strict v_debit, v_floor from bank.account where no = t.debit;

            update bank.account
               set balance = balance - t.amount, moves = moves + 1, last_move = t.booked
             where no = t.debit;
            insert into bank.entry
            select t.id, a.no, -t.amount, a.balance from bank.account a where a.no = t.debit;

            if v_debit - t.amount < v_floor then
                raise exception 'no cover' using errcode = 'check_violation';
            end if;

            update bank.account
               set balance = balance + t.amount, moves = moves + 1, last_move = t.booked
             where no = t.credit
            returning balance into v_credit;
            if not found then
                raise exception 'account % is unknown', coalesce(t.credit, '-');
            end if;
            insert into bank.entry values (t.id, t.credit, t.amount, v_credit);

            insert into bank.daily (day, no, turnover, n)
            values (t.booked, t.debit, t.amount, 1)
            on conflict (day, no) do update
               set turnover = bank.daily.turnover + excluded.turnover, n = bank.daily.n + 1;
            v_done := v_done + 1;
            v_moved := v_moved + t.amount;
        exception
            when no_data_found then
                insert into bank.rejected values (t.id, 'debit account ' || coalesce(t.debit, '?') || ' is unknown');
            when check_violation then
                insert into bank.rejected values (t.id, 'balance ' || v_debit || ' is too low');
                update bank.account set status = 'watch' where no = t.debit;
            when others then
                insert into bank.rejected values (t.id, sqlerrm);
        end;
    end loop;

    update etl.control set total = coalesce(total, 0) + v_moved, runs = runs + 1 where name = 'transfers';
    update bank.account set status = 'idle' where moves = 0;
end;
$$;
