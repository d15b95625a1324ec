create procedure etl.p_cursor_for(p_min int default 1) language plpgsql as $$
declare
    c1 cursor for select * from src.q where id >= p_min order by id;
    c2 refcursor;
    r  record;
begin
    for x in c1 loop
        insert into dw.q values (x.id, x.v, 'for');
    end loop;
    open c2 for select id, v from dw.q where via = 'for' order by id desc, v nulls first;
    fetch c2 into r;
    if found then
        insert into dw.q values (r.id, upper(r.v), 'first');
        update dw.q set via = 'top' where id = r.id and via = 'for';
    end if;
    close c2;
end $$;
