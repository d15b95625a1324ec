create procedure etl.p_generated(p_limit numeric) language plpgsql as $$
begin
    insert into dw.g (id, net, rate) select id, net, rate from src.g s where not exists (select 1 from dw.g d where d.id = s.id);
    insert into dw.big select id, label, tax from dw.g where tax > p_limit;
    update dw.g set net = net + tax where tax < 10;
    update dw.g set rate = default where id = 4;
    delete from dw.big b using dw.g where dw.g.label = b.label and dw.g.tax is null;
    insert into dw.big select id, label, -tax from dw.g where net is not null;
end $$;
