create procedure etl.p_rows(p_a int, p_b int) language plpgsql as $$
begin
    insert into dw.r select id, 'eq' from src.r where (a, b) = (p_a, p_b);
    insert into dw.r select id, 'not eq' from src.r where not ((a, b) = (p_a, p_b));
    insert into dw.r select id, 'distinct' from src.r where (a, b) is distinct from (p_a, p_b);
    insert into dw.r select id, 'less' from src.r where (a, b, c) < (p_b, 2, 2);
    insert into dw.r select id, 'between' from src.r where b between symmetric c and a;
    insert into dw.r select id, case when a > 1 then 'a' when b is null then 'b' end from src.r where c not between 2 and 3 or c in (p_a, null, 3);
    delete from dw.r where how is null or (id, how) in (select r.id, 'less' from src.r r where r.a <> r.b);
end $$;
