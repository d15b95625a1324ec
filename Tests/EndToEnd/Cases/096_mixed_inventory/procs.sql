CREATE OR REPLACE PROCEDURE etl.post_movements(p_until DATE, OUT o_posted INT, OUT o_failed INT)
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM dw.errors;
    INSERT INTO dw.errors (movement_id, why)
    SELECT m.id,
           CASE WHEN a.no IS NULL THEN 'unknown article'
                WHEN NOT a.active THEN 'inactive'
                WHEN m.place IS NULL THEN 'no place'
                WHEN m.qty IS NULL OR m.qty = 0 THEN 'no quantity' END
      FROM src.movement m
      LEFT JOIN src.article a ON a.no = m.no
     WHERE m.booked <= p_until
       AND (a.no IS NULL OR a.active IS NOT TRUE OR m.place IS NULL OR COALESCE(m.qty, 0) = 0);
    GET DIAGNOSTICS o_failed = ROW_COUNT;

    -- everything from the beginning: the feed may change old bookings
    TRUNCATE dw.stock;
    INSERT INTO dw.stock (no, place, qty, avg_price, last_moved)
    SELECT m.no, m.place, SUM(m.qty),
           SUM(m.qty * m.price) FILTER (WHERE m.qty > 0) / NULLIF(SUM(m.qty) FILTER (WHERE m.qty > 0 AND m.price IS NOT NULL), 0),
           MAX(m.booked)
      FROM src.movement m
     WHERE m.booked <= p_until
       AND m.id NOT IN (SELECT e.movement_id FROM dw.errors e)
     GROUP BY m.no, m.place;
    SELECT COUNT(*) INTO o_posted FROM dw.stock;

    UPDATE dw.stock SET qty = 0 WHERE qty < 0;
    UPDATE dw.stock SET value = qty * avg_price;
END;
$$;

create or replace procedure etl.reserve(p_mode varchar default 'prio')
language plpgsql as $$
declare
    v_free numeric(12,2);
begin
    delete from dw.reservation r where not exists (select 1 from src.demand d where d.id = r.demand_id);
    insert into dw.reservation (demand_id, no, place, wanted)
    select d.id, d.no, d.place, d.qty from src.demand d
    on conflict (demand_id) do update set wanted = excluded.wanted, given = 0, state = default;

    if p_mode = 'none' then
        return;
    end if;

    update dw.reservation r
       set given = x.give
      from (
            select q.id, greatest(0, least(q.qty, s.qty - q.before)) as give
              from (select d.id, d.no, d.place, d.qty,
                           coalesce(sum(d.qty) over (partition by d.no, d.place
                                                     order by case p_mode when 'prio' then coalesce(d.prio, 99) else 0 end, d.id
                                                     rows between unbounded preceding and 1 preceding), 0) as before
                      from src.demand d) q
              join dw.stock s on s.no = q.no and s.place = q.place
           ) x
     where x.id = r.demand_id;

    update dw.reservation
       set state = case when given >= wanted then 'F' when given > 0 then 'P' else 'O' end
     where given is not null;

    select sum(s.qty) - (select sum(given) from dw.reservation) into v_free from dw.stock s;
    if v_free < 0 then
        -- cannot be, but it was once
        update dw.reservation set given = 0, state = 'O';
    end if;
end;
$$;

create or replace procedure etl.p_inventory(p_until date, p_mode varchar default 'prio', inout p_open int default null)
language plpgsql as $$
declare
    n_posted int;
    n_failed int;
begin
    call etl.post_movements(p_until, n_posted, n_failed);
    if n_failed > n_posted * 2 then
        p_open := -n_failed;
        return;
    end if;
    call etl.reserve(p_mode);

    -- reorder: what is below its minimum after reservations, over all places
    drop table if exists need;
    create temp table need (no varchar(8), have numeric(10,2) default 0, missing numeric(10,1));
    insert into need (no, have)
    select a.no, coalesce(sum(s.qty), 0) - coalesce((select sum(r.given) from dw.reservation r where r.no = a.no), 0)
      from src.article a left join dw.stock s on s.no = a.no
     where a.active and a.min_qty is not null
     group by a.no;
    update need n set missing = a.min_qty - n.have from src.article a where a.no = n.no and n.have < a.min_qty;
    delete from need where missing is null;

    update dw.reorder o set missing = n.missing, raised = o.raised + 1, urgent = n.missing > o.missing from need n where n.no = o.no;
    insert into dw.reorder (no, missing, first_day) select n.no, n.missing, p_until from need n left join dw.reorder o on o.no = n.no where o.no is null;
    delete from dw.reorder where no not in (select no from need);

    select count(*) into p_open from dw.reservation where state <> 'F';
end;
$$;
