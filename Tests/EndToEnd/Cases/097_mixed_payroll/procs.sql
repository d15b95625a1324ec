create or replace procedure etl.p_pay(p_month date, p_rate numeric default 1.25, p_snapshot boolean default true)
language plpgsql
as $$
declare
    v_first  date := date_trunc('month', p_month);
    v_next   date := date_trunc('month', p_month) + interval '1 month';
    v_prev   date;
    v_count  int;
    v_sum    numeric(14,2);
    v_before numeric;
begin
    /* ---------- 1. who is paid */
    delete from dw.pay where month = v_first;
    insert into dw.pay (month, emp, name, dept)
    select v_first, id, name, upper(coalesce(dept, 'none')) from src.employee
     where hired < v_next and (left_on is null or left_on >= v_first);
    get diagnostics v_count = row_count;
    insert into dw.run values (v_first, 'heads', v_count, null);
    if v_count = 0 then
        return;
    end if;

    /* ---------- 2. hours */
    drop table if exists h;
    create temp table h (emp int, worked numeric(7,1), night numeric(7,1), holiday numeric(7,1), over_h numeric(7,1) default 0);
    insert into h (emp, worked, night, holiday)
    select emp,
           sum(hours),
           sum(case kind when 'N' then hours else 0 end),
           coalesce(sum(hours) filter (where kind = 'H'), 0)
      from src.hours
     where day >= v_first and day < v_next and emp is not null
     group by emp;
    update h set over_h = worked - e.contract_hours from src.employee e where e.id = h.emp and h.worked > e.contract_hours;
    delete from h where not exists (select 1 from dw.pay p where p.month = v_first and p.emp = h.emp);

    /* ---------- 3. money; every step rounds to cents */
    update dw.pay p
       set base = (h.worked - h.over_h) * e.hourly
      from h join src.employee e on e.id = h.emp
     where p.emp = h.emp and p.month = v_first and e.hourly is not null;
    update dw.pay p
       set overtime = h.over_h * e.hourly * p_rate
                      + case when h.night > 10 then h.night * 2.5 -- night bonus
                             when h.night > 0 then 7.777
                             else 0 end,
           remark = concat_ws(', ', case when h.over_h > 20 then 'much overtime' end, case when h.holiday > 0 then h.holiday || ' h holiday' end)
      from h, src.employee e
     where p.emp = h.emp and p.month = v_first and e.id = p.emp and e.hourly > 0;
    update dw.pay set extra = (select sum(c.amount) from src.correction c where c.emp = pay.emp and c.month = v_first) where month = v_first;
    update dw.pay set extra = default where extra is null and month = v_first;
    update dw.pay p set remark = coalesce(nullif(p.remark, '') || '; ', '') || s.list
      from (select emp, string_agg(why, ' + ' order by why) as list from src.correction where month = v_first and why is not null group by emp) s
     where s.emp = p.emp and p.month = v_first;

    select count(*), sum(total) into v_count, v_sum from dw.pay where month = v_first and total <> 0;
    insert into dw.run values (v_first, 'paid', v_count, v_sum);

    /* ---------- 4. cost by department, against the month before (if there is one) */
    if not p_snapshot then return; end if;
    select max(month) into v_prev from dw.dept_cost where month < v_first;
    delete from dw.dept_cost where month >= v_first;
    insert into dw.dept_cost (month, dept, cost, heads)
    select month, rtrim(dept), sum(total), count(*) from dw.pay where month = v_first group by month, dept;
    if v_prev is not null then
        update dw.dept_cost c
           set delta = c.cost - coalesce((select o.cost from dw.dept_cost o where o.month = v_prev and o.dept = c.dept), 0)
         where c.month = v_first;
        select sum(cost) into v_before from dw.dept_cost where month = v_prev;
        if v_sum > v_before * 1.1 then
            insert into dw.run values (v_first, 'up', null, v_sum - v_before);
        elsif v_sum < v_before then
            insert into dw.run values (v_first, 'down', null, v_before - v_sum);
        end if;
    end if;
    update dw.dept_cost c set rank = r.rk
      from (select month, dept, rank() over (partition by month order by cost desc) as rk from dw.dept_cost) r
     where r.month = c.month and r.dept = c.dept and c.rank is distinct from r.rk;
end;
$$;
