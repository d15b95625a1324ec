create procedure etl.p_setops() language plpgsql as $$
begin
    truncate dw.res;
    insert into dw.res select 'union', x.* from (select * from src.l union select * from src.r) x;
    insert into dw.res select 'except', x.* from (select * from src.l except select * from src.r) x;
    insert into dw.res select 'except all', x.* from (select * from src.l except all select * from src.r) x;
    insert into dw.res select 'intersect', x.* from (select * from src.l intersect select * from src.r) x;
    insert into dw.res select 'intersect all', x.* from (select * from src.l intersect all (select * from src.r union all select * from src.r)) x;
    insert into dw.res select 'mixed', v, null from src.l union all select 'mixed', v, t from src.r intersect select 'mixed', 4, 'd' order by 2 limit 5;
    insert into dw.res (op, v) select 'cast', 1 union select 'cast', 1.4;
end $$;
