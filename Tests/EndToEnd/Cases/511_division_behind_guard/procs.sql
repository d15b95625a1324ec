create procedure etl.say(p_step text, p_value numeric) language plpgsql as $$
begin
    insert into etl.log (step, value) values (p_step, p_value);
end $$;

create procedure etl.p_ratio(p_parts integer default 0) language plpgsql as $$
declare
    v_total  numeric;
    v_shops  integer;
    v_mean   numeric;
begin
    select sum(amount), count(distinct shop) into v_total, v_shops from src.sales;
    if v_shops > 0 then
        v_mean := v_total / v_shops;
        call etl.say('mean', v_total / v_shops);
        if p_parts <> 0 then
            call etl.say('part', v_mean / p_parts);
        end if;
    else
        call etl.say('empty', v_shops);
    end if;
    delete from dw.ratio r where r.shop in (select s.shop from src.sales s);
    if v_total is not null and v_total <> 0 then
        insert into dw.ratio (shop, share, is_above)
        select shop, sum(amount) / v_total, sum(amount) > v_mean from src.sales where shop is not null group by shop;
    end if;
    update dw.ratio set share = 0 where share is null and v_mean is not null;
end $$;
