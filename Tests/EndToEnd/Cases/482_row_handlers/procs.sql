-- Row by row with a handler: what is bad goes to the rejects, the rest is loaded.
create procedure etl.p_feed(p_floor numeric default 0) language plpgsql as $$
declare
    r record;
    v_unit numeric;
    v_bad int;
begin
    truncate dw.items;
    for r in select * from src.feed order by line_no loop
        begin
            if r.code is null then
                raise exception 'line % has no code', r.line_no using errcode = 'FD001';
            end if;
            v_unit := r.total::numeric / r.qty::int;
            if v_unit < p_floor then
                raise exception 'line %: % is too little', r.line_no, round(v_unit, 2);
            end if;
            insert into dw.items (line_no, code, qty, unit, seen)
            values (r.line_no, r.code, r.qty::int, v_unit, r.seen::date);
        exception
            when sqlstate 'FD001' then
                insert into dw.rejects values (r.line_no, 'code', sqlerrm, null);
            when division_by_zero then
                insert into dw.rejects values (r.line_no, 'zero', sqlstate, r.total);
            when others then
                insert into dw.rejects (line_no, state, reason, total) values (r.line_no, sqlstate, sqlerrm, r.total);
        end;
    end loop;
    select count(*) into v_bad from dw.rejects;
    insert into dw.stats values ('rejected so far', v_bad);
end $$;

-- A temporary table that is unique by its query only until more rows are added.
create procedure etl.p_scores(p_extra int default 1) language plpgsql as $$
begin
    call etl.p_feed();
    create temp table best on commit drop as select code, max(line_no) as score from src.feed where code is not null group by code;
    insert into best select code, score from best where code = 'a' and p_extra > 0;
    insert into dw.stats select 'joined', count(*) from dw.scored s join best b on b.code = s.code;
    update dw.scored s set score = b.score, label = 'best' from best b where b.code = s.code;
    insert into dw.stats select 'scored', count(*) from dw.scored;
    drop table best;
end $$;
