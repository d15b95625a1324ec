create or replace function fin.gross(p_net numeric, p_vat numeric) returns numeric language plpgsql immutable as $$
begin
    if p_vat is null then
        return p_net;
    end if;
    return round(p_net * (1 + p_vat), 2);
end $$;

create or replace procedure fin.touch_customer(p_customer int, p_is_new boolean, p_amount numeric) language plpgsql as $$
begin
    update fin.customer_total
       set invoices = invoices + case when p_is_new then 1 else 0 end,
           open_    = open_ + p_amount,
           largest  = greatest(largest, p_amount)
     where customer = p_customer;
    if not found then
        insert into fin.customer_total values (p_customer, 1, p_amount, p_amount);
    end if;
end $$;

create or replace procedure etl.bill(p_until date, p_prefix text default 'R') language plpgsql as $$
declare
    c        record;
    v_inv    fin.invoice.invoice_id%type;
    v_line   fin.invoice_line.line_no%type;
    v_is_new boolean;
    v_no     bigint;
begin
    for c in
        select ch.* from src.charge ch
         where (ch.period <= p_until or ch.period is null)
           and not exists (select from fin.invoice_line l where l.charge_id = ch.id)
         order by ch.period nulls first, ch.customer nulls first, ch.id
    loop
        if c.customer is null or c.period is null then
            insert into etl.problem values (c.id, concat_ws(', ', case when c.customer is null then 'customer' end, case when c.period is null then 'period' end) || ' missing');
            continue;
        end if;
        v_is_new := false;
        select invoice_id into v_inv from fin.invoice where customer = c.customer and period = c.period;
        if not found then
            v_no := nextval('fin.invoice_no_seq');
            insert into fin.invoice (no, customer, period)
            values (p_prefix || '-' || to_char(c.period, 'YYYYMM'), c.customer, c.period)
            returning invoice_id into v_inv;
            v_is_new := true;
        end if;

        select coalesce(max(line_no), 0) + 1 into v_line from fin.invoice_line where invoice_id = v_inv;
        insert into fin.invoice_line
        values (v_inv, v_line, c.id, c.item, c.amount, fin.gross(c.amount, c.vat) - c.amount);

        update fin.invoice i
           set net   = (select sum(l.net) from fin.invoice_line l where l.invoice_id = i.invoice_id),
               gross = i.gross + fin.gross(c.amount, c.vat),
               lines = v_line
         where i.invoice_id = v_inv;
        call fin.touch_customer(c.customer, v_is_new, c.amount);
    end loop;
end $$;
