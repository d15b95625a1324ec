-- logs a step
create or replace procedure etl.p_audit(p_step text, p_n bigint, p_note text default null) language plpgsql as $$
begin
    insert into dw.audit (step, n, note) values (p_step, p_n, p_note);
end;
$$;

create or replace procedure etl.p_load_customers(inout p_changed bigint) language plpgsql as $$
declare
    v_new bigint;
begin
    update dw.customer d
       set name = coalesce(nullif(trim(c.name), ''), 'unknown'), email = lower(c.email), segment = upper(c.segment)
      from src.customers c
     where c.id = d.id
       and (d.name, coalesce(d.email, ''), coalesce(d.segment, '')) <> (coalesce(nullif(trim(c.name), ''), 'unknown'), coalesce(lower(c.email), ''), coalesce(upper(c.segment), ''));
    get diagnostics p_changed = row_count;

    insert into dw.customer (id, name, email, segment)
    select c.id, coalesce(nullif(trim(c.name), ''), 'unknown'), lower(c.email), upper(c.segment)
      from src.customers c
     where c.id not in (select id from dw.customer);
    get diagnostics v_new = row_count;
    p_changed := p_changed + v_new;
end;
$$;

create or replace procedure etl.p_load_orders(p_from date default '2024-01-01', p_days int default 7, p_strict boolean default false) language plpgsql as $$
declare
    v_to      date := p_from + p_days;
    v_changed bigint := 0;
    v_staged  bigint;
    v_bad     bigint := 0;
    v_n       bigint;
    v_top     dw.channel;
    v_note    text;
begin
    call etl.p_load_customers(v_changed);
    call etl.p_audit('customers', v_changed, case when v_changed = 0 then 'unchanged' else 'changed' end);

    -- stage
    drop table if exists pg_temp.stage;
    create temp table stage as
    select o.id, o.cust, lower(trim(o.channel)) as channel, o.at::date as day, o.total::numeric(10,2) as total, o.status, null::text as reason
      from src.orders o
     where o.at >= p_from and o.at < v_to;
    get diagnostics v_staged = row_count;

    if v_staged = 0 then
        call etl.p_audit('nothing to do', 0, p_from || '..' || v_to);
        return;
    end if;

    update stage set reason = 'void' where status = 'void';
    update stage s set reason = 'no customer' where reason is null and not exists (select 1 from dw.customer c where c.id = s.cust);
    update stage set reason = 'bad channel' where reason is null and channel not in ('shop', 'web', 'phone');

    delete from dw.rejects using stage where stage.id = dw.rejects.order_id;
    insert into dw.rejects select id, reason from stage where reason is not null;
    get diagnostics v_bad = row_count;

    if v_bad > 0 and p_strict then
        call etl.p_audit(p_note => 'strict', p_step => 'rejected', p_n => v_bad);
        return;
    elsif v_bad > v_staged / 2 then
        v_note := 'more than half was rejected';
    else
        v_note := v_bad || ' of ' || v_staged;
    end if;
    delete from stage where reason is not null;

    -- facts: the window is made new
    delete from dw.orders where day >= p_from and day < v_to;
    insert into dw.orders (id, cust, channel, day, total)
    select s.id, s.cust, s.channel::dw.channel, s.day, coalesce(s.total, 0)
      from stage s;
    update dw.orders o
       set fee = greatest(o.total * f.pct / 100, f.min_fee)
      from src.fees f
     where f.channel = o.channel::text and o.total > 0;
    call etl.p_audit('orders', v_staged - v_bad, v_note);

    update dw.customer c set orders = (select count(*) from dw.orders o where o.cust = c.id);

    -- the daily sums
    with d as (
        select day, channel, count(*) as n, sum(net) as net from dw.orders group by day, channel
    )
    insert into dw.daily as x (day, channel, n, net)
    select * from d where net <> 0
    on conflict on constraint daily_uq do update set n = excluded.n, net = excluded.net where (x.n, x.net) is distinct from (excluded.n, excluded.net);
    delete from dw.daily d where not exists (select 1 from dw.orders o where o.day = d.day and o.channel = d.channel);
    update dw.daily d set run = r.run from (select day, channel, sum(net) over (partition by channel order by day) as run from dw.daily) r where r.day = d.day and r.channel = d.channel;

    select channel into v_top from dw.daily order by net desc, channel, day limit 1;
    if found then
        case v_top
            when 'web' then call etl.p_audit('top', 1, 'web leads');
            when 'shop', 'phone' then call etl.p_audit('top', 2, v_top::text);
        end case;
    end if;
    get diagnostics v_n = row_count;
end;
$$;
