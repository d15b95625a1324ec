create procedure etl.p(p_n int) language plpgsql as $$
declare
    v_i int := 0;
    v_n int;
begin
    perform 1 from src.items where id = 1;
    while v_i < p_n loop
        v_i := v_i + 1;
    end loop;
    if found then
        insert into dw.log values ('found', v_i::text, null);
    else
        insert into dw.log values ('not found', v_i::text, null);
    end if;
    insert into dw.log select 'copy', id::text, grp from src.items;
    for v_n in 1..p_n loop
        v_i := v_i + v_n;
    end loop;
    get diagnostics v_n = row_count;
    insert into dw.log values ('rows', v_n::text, v_i::text);
end $$;
