create procedure etl.p() language plpgsql as $$
declare
    r record;
begin
    for r in select id, code from src.ev order by id loop
        delete from dw.t where code = r.code;
        if found then
            insert into dw.log values (r.id, 'deleted');
        else
            insert into dw.log values (r.id, 'nothing');
        end if;
    end loop;
end $$;
