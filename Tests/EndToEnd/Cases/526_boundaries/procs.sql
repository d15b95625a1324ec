-- Every limit has rows on it, right below and right above.
create procedure etl.p_aging(p_as_of date default '2024-02-01', p_limit numeric default 100) language plpgsql as $$
begin
    update dw.aging set bucket = 'closed' where open <= p_limit;
    delete from dw.aging where id >= 10;

    insert into dw.aging (id, customer, bucket, open, is_late)
    select i.id, i.customer,
        case when i.due <= p_as_of - 31 then 'late' when i.due < p_as_of then 'due' else 'open' end,
        i.amount - i.paid, i.due <= p_as_of
    from src.invoices i
    where i.amount >= p_limit and not exists (select 1 from dw.aging a where a.id = i.id);

    if (select count(*) from dw.aging where is_late) >= 2 then
        insert into dw.dunning
        select customer, case when sum(open) <= 0.01 then 0 else 1 end from dw.aging where is_late group by customer;
    end if;
end $$;
