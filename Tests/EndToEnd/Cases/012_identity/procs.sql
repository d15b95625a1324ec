create procedure etl.p_identity() language plpgsql as $$
begin
    update dw.dim_c d set name = c.name from src.c c where c.no = d.no and d.name is distinct from c.name;
    insert into dw.dim_c (no, name) select c.no, c.name from src.c c where not exists (select from dw.dim_c d where d.no = c.no) order by c.no;
    insert into dw.fact_o (id, key, amount)
    select o.id, d.key, o.amount from src.o o left join dw.dim_c d on d.no = o.no
     where not exists (select from dw.fact_o f where f.id = o.id);
    update dw.fact_o f set key = d.key from src.o o join dw.dim_c d using (no) where f.id = o.id and f.key is null;
end $$;
