create procedure etl.load_visits(p_from int default 0) language plpgsql as $$
declare
    r    record;
    v_id uuid;
    n    int := 0;
begin
    for r in select * from src.visit where id > p_from order by id loop
        v_id := null;
        select person_id into v_id from dw.person where who = r.who;
        if v_id is null and r.who is not null then
            insert into dw.person (who) values (r.who) returning person_id into v_id;
            n := n + 1;
        end if;
        update dw.person set visits = visits + 1, last_page = coalesce(r.page, last_page) where person_id = v_id;
        insert into dw.visit (person_id, page, at) values (v_id, r.page, r.at);
    end loop;
    update dw.person set last_page = n || ' new' where last_page is null;
end $$;
