create procedure etl.p_prev(p_minutes int default 30) language plpgsql as $$
declare
    r         record;
    prev_acct text;
    prev_at   timestamp;
    balance   numeric := 0;
    session   int := 0;
begin
    truncate dw.mv;
    for r in select * from src.mv order by acct, at, id loop
        if prev_acct is distinct from r.acct then
            balance := 0;
            prev_at := null;
            session := session + 1;
        elsif r.at - prev_at > p_minutes * interval '1 minute' then
            session := session + 1;
        end if;
        balance := balance + coalesce(r.amount, 0);
        insert into dw.mv values (r.id, balance, r.at - prev_at, session);
        prev_acct := r.acct;
        prev_at := r.at;
    end loop;
end $$;
