create or replace procedure plan.spread(p_year integer) language plpgsql as $$
declare
    b record; v_w numeric; v_sum numeric; v_given numeric(14,2); v_amt numeric(14,2); v_last int;
begin
    delete from plan.monthly where year = p_year;
    for b in select * from fin.budget where year = p_year and amount is not null order by account loop
        select sum(weight), max(month) into v_sum, v_last from fin.profiles where profile = b.profile and weight > 0;
        if v_sum is null then
            insert into plan.monthly values (b.year, b.account, 12, b.amount);
            continue;
        end if;
        v_given := 0;
        for i in 1..12 loop
            select weight into v_w from fin.profiles where profile = b.profile and month = i;
            continue when not found or v_w = 0;
            if i = v_last then
                v_amt := b.amount - v_given;
            else
                v_amt := b.amount * v_w / v_sum;      -- rounds to cents
            end if;
            v_given := v_given + v_amt;
            insert into plan.monthly values (b.year, b.account, i, v_amt);
        end loop;
    end loop;

    truncate plan.summary;
    insert into plan.summary
    select year, account, (month + 2) / 3, sum(amount), grouping(account, (month + 2) / 3)
    from plan.monthly where year = p_year
    group by grouping sets ((year, account, (month + 2) / 3), (year, account), (year));
end $$;
