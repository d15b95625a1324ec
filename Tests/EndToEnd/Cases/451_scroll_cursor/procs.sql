create procedure etl.p_scroll(p_skip int default 1) language plpgsql as $$
declare
    c   scroll cursor for select id, v from src.t order by id;
    r   record;
    v_n bigint;
    i   int;
begin
    delete from dw.seen;
    open c;
    fetch last from c into r;
    insert into dw.seen values (1, r.id, r.v);
    fetch prior from c into r;
    insert into dw.seen values (2, r.id, r.v);
    fetch absolute 2 from c into r;
    insert into dw.seen values (3, r.id, r.v);
    fetch relative p_skip from c into r;
    if found then
        insert into dw.seen values (4, r.id, r.v);
    else
        insert into dw.seen values (4, null, 'none');
    end if;
    move first from c;
    for i in 1 .. 3 loop
        move forward p_skip from c;
        exit when not found;
        fetch c into r;
        exit when not found;
        insert into dw.seen values (10 + i, r.id, r.v);
    end loop;
    move forward all from c;
    get diagnostics v_n = row_count;
    insert into dw.seen values (20, v_n, 'left');
    fetch backward from c into r;
    insert into dw.seen values (21, r.id, r.v);
    close c;
end $$;
