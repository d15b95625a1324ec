create procedure etl.p_view() language plpgsql as $$
begin
    insert into dw.res select 1, c, total, n from dw.v_sum;
    delete from dw.o where c = 9 or id in (select id from src.o);
    insert into dw.o select * from src.o where c is not null;
    insert into dw.res select 2, v.c, v.total, v.n from dw.v_sum v;
    update dw.o set amount = amount + (select max(total) from dw.v_big) where c in (select c from dw.v_big);
    insert into dw.res (step, c, total) select 3, c, total from dw.v_big b;
    delete from dw.o using dw.v_sum s where s.c = dw.o.c and s.n > 1;
    insert into dw.res (step, n) select 4, count(*) from dw.v_big;
end $$;
