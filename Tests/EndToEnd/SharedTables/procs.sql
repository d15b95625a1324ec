create procedure etl.load(p_min numeric default 5, p_note text default 'none') language plpgsql as $$
declare
    v_days int;
begin
    select count(*) into v_days from dw.daily_total where total > p_min;
    insert into dw.audit_log values ('load', v_days, p_note);
    delete from dw.order_copy;
    insert into dw.order_copy
    select o.id, o.customer, o.amount, (select count(*) from dw.audit_log) from src.orders o where o.amount >= p_min;
    insert into dw.dim_customer
    select o.customer, 'new', count(*), sum(o.amount) from dw.order_copy o group by o.customer
    on conflict (code) do update set orders = dim_customer.orders + excluded.orders, total = excluded.total;
    insert into dw.audit_log select 'load', count(*), 'customers' from dw.dim_customer;
end $$;

create procedure etl.summarise(p_min numeric default 0) language plpgsql as $$
begin
    update dw.dim_customer set status = case when total > p_min then 'big' else 'small' end where status <> 'known';
    insert into dw.daily_total
    select o.day, sum(c.amount), 1 from dw.order_copy c join src.orders o on o.id = c.id group by o.day
    on conflict (day) do update set total = daily_total.total + excluded.total, runs = daily_total.runs + 1;
    insert into dw.audit_log select 'summarise', count(*), max(note) from dw.audit_log;
end $$;

create procedure etl.close_day(p_keep int default 1000) language plpgsql as $$
begin
    delete from dw.audit_log where job = 'old' or rows_seen > p_keep;
    delete from dw.dim_customer d where d.status = 'small' or not exists (select 1 from dw.order_copy c where c.customer = d.code);
    insert into dw.snapshot
    select coalesce((select max(run) from dw.snapshot), 0) + 1,
        (select count(*) from dw.audit_log), (select count(*) from dw.dim_customer), (select sum(total) from dw.daily_total);
    insert into dw.audit_log select 'close', count(*), null from dw.snapshot;
end $$;
