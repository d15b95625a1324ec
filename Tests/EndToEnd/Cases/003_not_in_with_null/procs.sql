create procedure etl.p_not_in() language plpgsql as $$
begin
    delete from dw.items where id not in (select id from src.keep);
    update dw.items set flag = id not in (select k.id from src.keep k);
    insert into dw.items (id, name) select i.id, i.name from src.items i where i.id not in (select id from src.keep);
    insert into dw.items (id, name) select i.id, 'w/o null' from src.items i
     where i.id not in (select k.id from src.keep k where k.id is not null)
       and (i.id, 'w/o null') not in (select d.id, d.name from dw.items d where d.id is not null);
end $$;
