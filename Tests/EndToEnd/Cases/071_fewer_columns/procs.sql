create procedure etl.p_fewer() language plpgsql as $$
begin
    insert into dw.s select * from src.s;
    insert into dw.s values (2);
    insert into dw.s (e, a) values (default, 3), (null, default);
    insert into dw.s default values;
    insert into dw.s (d) select b from src.s group by b having count(*) = 1;
end $$;
