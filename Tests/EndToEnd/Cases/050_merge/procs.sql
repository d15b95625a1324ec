create procedure etl.p_merge(p_min int default 0) language plpgsql as $$
declare
    v_n bigint;
begin
    merge into dw.m t
    using (select * from src.m where op is not null) s on t.id = s.id
    when matched and s.op = 'D' then delete
    when matched and s.qty > p_min and t.qty is distinct from s.qty then update set name = s.name, qty = s.qty + t.qty, seen = t.seen + 1
    when matched and s.qty is null then update set seen = -1
    when matched then do nothing
    when not matched and s.qty > 100 then do nothing
    when not matched and s.name is null then insert (id, qty) values (s.id, s.qty)
    when not matched then insert values (s.id, s.name, s.qty, default);
    get diagnostics v_n = row_count;
    insert into dw.log values (v_n);
end $$;
