create procedure etl.p_star() language plpgsql as $$
begin
    insert into dw.wide select * from src.one;
    insert into dw.wide select one.*, 'with star' from src.one where exists (select * from src.two where two.a = one.a);
    truncate dw.copy;
    insert into dw.copy select * from src.one o left join src.two t on t.a = o.a and t.c > o.c;
    insert into dw.copy (a2, c2) select a, c from (select * from src.two union select * from src.two) u;
    insert into dw.wide (extra, c) select b, (w).a from (select distinct on (a) a, b, o.*::src.one as w from (select * from src.one) o order by a) s;
end $$;
