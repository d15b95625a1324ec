create procedure etl.p_schedules(p_run_date date) language plpgsql as $$
declare
    r_loan      record;
    v_balance   numeric(14,2);
    v_interest  numeric(14,2);
    v_principal numeric(14,2);
    v_payment   numeric(14,2);
    v_due       date;
    v_rate      numeric;
    v_no        int;
    v_rest      numeric := 0;
begin
    delete from dw.schedule where run_date = p_run_date;
    for r_loan in
        select l.loan_id, l.principal, l.yearly_rate, l.months, l.first_due
          from src.loan l
         where l.status = 'open'
         order by l.loan_id
    loop
        if r_loan.months is null or r_loan.months <= 0 then
            insert into dw.rejected (run_date, loan_id, reason) values (p_run_date, r_loan.loan_id, 'no term');
            continue;
        end if;
        v_rate    := coalesce(r_loan.yearly_rate, 0) / 1200;
        v_balance := r_loan.principal;
        if v_rate = 0 then
            v_payment := round(v_balance / r_loan.months, 2);
        else
            v_payment := round(v_balance * v_rate / (1 - power(1 + v_rate, -r_loan.months)), 2);
        end if;
        v_no := 0;
        loop
            v_no := v_no + 1;
            exit when v_no > r_loan.months or v_balance <= 0;
            v_interest  := round(v_balance * v_rate, 2);
            v_principal := v_payment - v_interest;
            if v_no = r_loan.months or v_principal > v_balance then
                v_principal := v_balance;
            end if;
            v_balance := v_balance - v_principal;
            v_due     := r_loan.first_due + make_interval(months => v_no - 1);
            insert into dw.schedule (run_date, loan_id, installment, due, interest, principal, balance)
            values (p_run_date, r_loan.loan_id, v_no, v_due, v_interest, v_principal, v_balance);
        end loop;
        v_rest := v_rest + coalesce(v_balance, 0);
        update dw.loan_state set last_run = p_run_date, installments = v_no - 1 where loan_id = r_loan.loan_id;
        if not found then
            insert into dw.loan_state (loan_id, last_run, installments) values (r_loan.loan_id, p_run_date, v_no - 1);
        end if;
    end loop;
    insert into dw.rejected (run_date, loan_id, reason) values (p_run_date, null, 'rest ' || v_rest);
end $$;
