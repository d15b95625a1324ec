create procedure etl.p_alias() language plpgsql as $$
begin
    delete from dw.a;
    insert into dw.a select b.id, b.v, a.v from src.a b left join src.b a on a.id = b.id;
    insert into dw.b select a.id, a.w from (select id, v || coalesce(w, '-') as w from dw.a) a where a.w is not null;
    update dw.b a set v = b.v from dw.a b where b.id = a.id and b.w is not null;
    insert into dw.a (id, v) select dw.id, dw.v from (select b.id, max(b.v) as v from dw.b b group by b.id) dw;
end $$;
