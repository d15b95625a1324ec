create procedure etl.p() language plpgsql as $$
declare
    r record;
    v_txt text := 'x';
    v_prev int;
    v_best int := 0;
    v_seen text;
    v_sum numeric(8,2) := 0;
begin
    for r in select id, grp, qty, amount from src.items order by id loop
        insert into dw.log values (r.id::text, v_prev::text, v_seen);
        continue when r.qty is null;
        if r.qty > v_best then
            v_best := r.qty;
            v_seen := r.grp;
        elsif r.qty = 0 then
            v_txt := v_txt || r.grp;
            exit;
        else
            v_txt := v_txt || coalesce(r.grp, '?');
        end if;
        v_sum := v_sum + coalesce(r.amount, 0) * 1.1;
        v_prev := r.id;
    end loop;
    insert into dw.log values ('end', concat(v_txt, '/', v_prev, '/', v_best), concat(v_seen, '/', v_sum));
end $$;
