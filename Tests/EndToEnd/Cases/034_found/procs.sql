create procedure etl.p_found(p_key text, p_v int default 0) language plpgsql as $$
declare
    v_sum int;
begin
    update dw.kv set v = v + p_v, n = n + 1 where k = p_key;
    if not found then
        insert into dw.kv (k, v) values (p_key, p_v);
        insert into dw.log values ('new ' || p_key);
    end if;
    select v into v_sum from src.kv where k = p_key and v > 1 order by v limit 1;
    if found then
        insert into dw.log values ('source has ' || v_sum);
    end if;
    select sum(v) into v_sum from src.kv where k = p_key;
    if found then
        insert into dw.log values ('a sum is always found: ' || coalesce(v_sum, -1));
    end if;
    delete from dw.kv where v > 9;
    if found and p_v <> 4 then
        insert into dw.log values ('deleted');
    end if;
    insert into dw.kv (k, v) select distinct k || '!', 0 from src.kv s where not exists (select 1 from dw.kv d where d.k = s.k || '!') and s.k <> p_key;
    if not found then
        insert into dw.log values ('nothing inserted');
    end if;
end $$;
