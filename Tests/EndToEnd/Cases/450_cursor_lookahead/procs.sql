create procedure etl.p_ledger(p_from date default '2024-01-01') language plpgsql as $$
declare
    c_tx cursor (p_start date) for
        select account_id, tx_id, tx_date, amount
          from src.tx
         where tx_date >= p_start
         order by account_id, tx_date, tx_id;
    r_cur      record;
    v_account  int;
    v_balance  numeric(12,2) := 0;
    v_prev     date;
    v_gap      int;
    v_seq      int := 0;
    v_accounts int := 0;
begin
    delete from dw.ledger;
    open c_tx(p_from);
    fetch c_tx into r_cur;
    while found loop
        if v_account is distinct from r_cur.account_id then
            select coalesce(a.opening, 0) into v_balance from src.account a where a.id = r_cur.account_id;
            if not found then
                v_balance := 0;
            end if;
            v_account  := r_cur.account_id;
            v_prev     := null;
            v_seq      := 0;
            v_accounts := v_accounts + 1;
        end if;
        v_seq     := v_seq + 1;
        v_balance := v_balance + coalesce(r_cur.amount, 0);
        v_gap     := r_cur.tx_date - v_prev;
        insert into dw.ledger (account_id, seq_no, tx_id, balance, gap_days)
        values (r_cur.account_id, v_seq, r_cur.tx_id, v_balance, v_gap);
        v_prev := r_cur.tx_date;
        fetch c_tx into r_cur;
    end loop;
    close c_tx;
    insert into dw.run (what, n) values ('accounts', v_accounts);
end $$;
