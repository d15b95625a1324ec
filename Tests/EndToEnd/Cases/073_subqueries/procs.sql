create procedure etl.p_sub() language plpgsql as $$
begin
    truncate dw.r;
    insert into dw.r
    select a.id, exists (select 1 from src.b where b.g = a.g), a.v <= all (select b.v from src.b where b.g = a.g), a.v = any (select b.v from src.b where b.g = a.g),
           (a.g, a.v) in (select b.g, b.v from src.b), (select max(b.v) from src.b where b.g = (select min(x.g) from src.a x where x.g >= a.g and x.id <> a.id))
      from src.a;
    delete from dw.r where not in_row and (select count(*) from dw.r r2 where r2.any_eq) > 0 and top is null;
    update dw.r set top = (select count(*) from src.b where b.v > all (select v from src.a where a.id = r.id)) where all_less;
end $$;
