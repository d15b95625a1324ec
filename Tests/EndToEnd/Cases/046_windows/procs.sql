create procedure etl.p_windows() language plpgsql as $$
begin
    delete from dw.w;
    insert into dw.w
    select id, sum(v) over (partition by g order by id), lag(v, 1, -1) over (partition by g order by id),
           rank() over w, dense_rank() over w, v::numeric / nullif(sum(v) over (partition by g), 0),
           max(v) over (order by id rows between 1 preceding and 1 following),
           count(*) filter (where v > 2) over (partition by g)
      from src.w window w as (order by v desc nulls last);
    delete from dw.w d using (select id, row_number() over (order by run desc nulls first, id) rn from dw.w) r where r.id = d.id and r.rn = 2;
    update dw.w set prev = n.nxt from (select id, lead(near) over (order by id) nxt from dw.w) n where n.id = dw.w.id;
end $$;
