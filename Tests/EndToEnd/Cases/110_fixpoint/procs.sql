create procedure etl.p_fix(p_root text) language plpgsql as $$
declare
    v_lvl int := 0;
begin
    truncate dw.parts;
    insert into dw.parts values (p_root, 0);
    loop
        insert into dw.parts
        select distinct p.child, v_lvl + 1 from src.part p join dw.parts d on d.child = p.parent and d.lvl = v_lvl
         where not exists (select 1 from dw.parts x where x.child = p.child);
        exit when not found;
        v_lvl := v_lvl + 1;
    end loop;
end $$;
