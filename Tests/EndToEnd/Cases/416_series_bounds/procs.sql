create procedure etl.p(p_step int) language plpgsql as $$
declare
    v_max int;
    v int := 7;
    i int := -5;
    j int := 0;
    w int := 10;
begin
    select coalesce(max(qty), 0) into v_max from src.items;
    for i in reverse v_max..1 by p_step loop
        insert into dw.log values ('down', i::text, v::text);
        v := v - i;
    end loop;
    for k in v_max..2 loop
        insert into dw.log values ('never or few', k::text, null);
    end loop;
    while j < v_max and w > 4 or j = 0 loop
        j := j + 2;
        w := w - j;
    end loop;
    insert into dw.log values ('end', concat(v, '/', i), concat(j, '/', w));
end $$;
