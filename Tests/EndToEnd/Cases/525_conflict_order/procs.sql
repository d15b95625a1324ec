-- A row that meets an existing one is not inserted and stands in no later row's way.
create procedure etl.p_signups() language plpgsql as $$
declare
    v_n bigint;
begin
    insert into dw.customers (customer_no, email, source)
    select customer_no, email, source from src.signups order by row_id
    on conflict do nothing;
    get diagnostics v_n = row_count;
    insert into dw.loads values ('customers', v_n);

    insert into dw.mails (email, customer_no)
    select email, customer_no from src.signups where email is not null order by row_id
    on conflict (email) do nothing;
    get diagnostics v_n = row_count;
    insert into dw.loads values ('mails', v_n);
end $$;
