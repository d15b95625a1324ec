create procedure etl.p_sync() language plpgsql as $$
begin
    delete from dw.t where not exists (select * from src.s where s.a = t.a and s.b is not distinct from t.b);
    insert into dw.t select a, b, 0 from src.s s where not exists (select 1 from dw.t where t.a = s.a and t.b = s.b);
    update dw.t set n = n + 1 where exists (select 1 from src.s where s.a > t.a);
end $$;
