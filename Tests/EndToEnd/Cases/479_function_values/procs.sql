create function etl.param(p_name text, p_default text default null) returns text language sql stable as $$
    select coalesce((select value from etl.params where name = p_name), p_default)
$$;

create function etl.rate_of(p_country text) returns numeric language plpgsql stable as $$
declare
    v_rate numeric;
    v_valid boolean;
begin
    select rate, valid into v_rate, v_valid from src.rates where country = p_country;
    if not found then
        return 0;
    elsif not v_valid then
        return null;
    end if;
    return v_rate;
end $$;

create function etl.band_of(p_amount numeric, p_limits text) returns text language plpgsql immutable as $$
declare
    v_low numeric := split_part(p_limits, ';', 1)::numeric;
    v_high numeric := split_part(p_limits, ';', 2)::numeric;
    v_band text;
begin
    case
        when p_amount is null then v_band := 'none';
        when p_amount < v_low then v_band := 'low';
        when p_amount < v_high then v_band := 'mid';
        else
            v_band := 'high';
            if p_amount >= v_high * 100 then
                v_band := v_band || '+';
            end if;
    end case;
    return upper(v_band);
end $$;

create function etl.period_of(p_day date, out p_period varchar) language plpgsql immutable as $$
begin
    p_period := to_char(p_day, 'YYYY-MM');
end $$;

create function etl.safe_div(a numeric, b numeric) returns numeric language plpgsql immutable strict as $$
begin
    if b = 0 then return null; end if;
    return a / b;
exception
    when division_by_zero then return -1;
end $$;

create function etl.digits(p_value int) returns int language plpgsql immutable as $$
declare
    v_rest int := abs(p_value);
    v_sum int := 0;
begin
    while v_rest > 0 loop
        v_sum := v_sum + v_rest % 10;
        v_rest := v_rest / 10;
    end loop;
    return v_sum;
end $$;

create function etl.customer_label(p_id int, p_prefix text default 'C') returns text language plpgsql stable as $$
declare
    r src.orders%rowtype;
begin
    if p_id is null then
        return '?';
    end if;
    select * into r from src.orders where customer_id = p_id order by order_id limit 1;
    return p_prefix || '-' || p_id || '-' || coalesce(r.country, 'xx');
end $$;

create procedure etl.p_facts(p_from date default '2024-01-01') language plpgsql as $$
declare
    v_limits text := etl.param('bands');
    v_n int;
begin
    truncate dw.order_facts;
    insert into dw.order_facts (order_id, gross, band, period, per_piece, customer, flags)
    select o.order_id,
           o.net * (1 + etl.rate_of(o.country)),
           etl.band_of(o.net, v_limits),
           etl.period_of(o.ordered_on),
           etl.safe_div(o.net, o.qty),
           etl.customer_label(p_prefix => 'K', p_id => o.customer_id),
           array[etl.param('precision', '0'), etl.digits(o.qty)::text]
    from src.orders o
    where o.ordered_on >= p_from or o.ordered_on is null;
    delete from dw.band_totals;
    insert into dw.band_totals
    select band, count(*), sum(gross) from dw.order_facts group by band having count(*) > etl.digits(0);
    v_n := etl.digits(989);
    insert into dw.band_totals values ('digits', v_n, etl.rate_of('FR'));
end $$;
