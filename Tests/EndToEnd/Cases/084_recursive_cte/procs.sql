create procedure etl.p_org(p_depth int default 10) language plpgsql as $$
begin
    truncate dw.org, dw.reach;
    with recursive t as (
        select id, 0 as lvl, name::text as path, array[id] as seen from src.org where boss is null or boss not in (select id from src.org)
        union all
        select o.id, t.lvl + 1, t.path || '>' || o.name, t.seen || o.id from src.org o join t on t.id = o.boss where t.lvl < p_depth and not o.id = any (t.seen)
    )
    insert into dw.org select id, lvl, path from t;
    insert into dw.reach with recursive r (a, b) as (select id, boss from src.org where boss is not null union select r.a, o.boss from r join src.org o on o.id = r.b) select * from r where b is not null;
end $$;
