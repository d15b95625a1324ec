create procedure etl.p_for(p_min int default 0) language plpgsql as $$
declare
    r record;
begin
    delete from dw.o;
    for r in select * from src.o where id > p_min order by id loop
        insert into dw.o (id, total) values (r.id, r.qty * r.price);
    end loop;
end $$;
