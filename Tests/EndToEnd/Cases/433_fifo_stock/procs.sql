create or replace procedure etl.allocate(p_day date, p_clean boolean default false)
language plpgsql as $$
declare
    p      record;
    v_need int;
    v_got  int;
    v_rows int;
    v_step int;
begin
    for p in select * from src.pick where day <= p_day and pick_id not in (select pick_id from wh.pick_total) order by day, pick_id loop
        v_need := coalesce(p.qty, 0);

        -- lots in order of receipt, as far as they go
        insert into wh.issue (pick_id, lot_id, qty, cost)
        select p.pick_id, l.lot_id, least(l.left_, v_need - l.before), l.cost
          from (select lot_id, left_, cost,
                       coalesce(sum(left_) over (order by received, lot_id rows between unbounded preceding and 1 preceding), 0) as before
                  from wh.lot
                 where sku = p.sku and left_ > 0) l
         where l.before < v_need
         order by l.lot_id;
        get diagnostics v_rows = row_count;

        update wh.lot l
           set left_ = l.left_ - i.qty
          from wh.issue i
         where i.pick_id = p.pick_id and i.lot_id = l.lot_id;

        select coalesce(sum(qty), 0) into v_got from wh.issue where pick_id = p.pick_id;

        if v_got < v_need then
            insert into wh.shortage as s (sku, missing) values (coalesce(p.sku, 'none'), v_need - v_got)
            on conflict (sku) do update set missing = s.missing + excluded.missing, picks = s.picks + 1
            where s.missing < 100;
        elsif v_rows > 0 then
            delete from wh.shortage s using src.pick x where x.pick_id = p.pick_id and x.sku = s.sku;
        end if;

        insert into wh.pick_total (pick_id, lines, qty, value, running)
        select p.pick_id, v_rows, v_got,
               (select sum(qty * cost) from wh.issue where pick_id = p.pick_id),
               (select coalesce(sum(value), 0) from wh.pick_total);

        if p_clean then
            delete from wh.lot where left_ = 0;
            if found then
                get diagnostics v_rows = row_count;
                select count(*) into v_step from etl.step_log;
                insert into etl.step_log values (v_step + 1, v_rows || ' lots gone');
            end if;
        end if;
    end loop;
end;
$$;
