-- Keys that reach other tables through variables and VALUES: get or create, and an audit number.
create procedure etl.p_facts() language plpgsql as $$
declare
    v_load bigint := nextval('etl.load_no');
    v_key  int;
    v_n    bigint := 0;
    r      record;
begin
    insert into etl.loads (load_no, status, started) values (v_load, 'running', now());
    for r in select o.* from src.orders o where not exists (select 1 from dw.facts f where f.order_id = o.id) order by o.id
    loop
        v_key := null;
        if r.customer is not null then
            select customer_key into v_key from dw.customers where customer = r.customer;
            if not found then
                insert into dw.customers (customer) values (r.customer) returning customer_key into v_key;
            end if;
        end if;
        insert into dw.facts values (r.id, v_key, v_load, r.amount);
    end loop;
    select count(*) into v_n from dw.facts where load_no = v_load;
    insert into etl.steps values (v_load, 1, 'facts', now());
    update etl.loads set status = 'done', orders = v_n where load_no = v_load;
end $$;
