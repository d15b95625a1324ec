create procedure etl.p_div() language plpgsql as $$
begin
    insert into dw.err select 'before', count(*) from dw.s;
    begin
        delete from dw.s;
        insert into dw.s select id, a / b from src.s;
        insert into dw.err values ('done', 1);
    exception when division_by_zero then
        insert into dw.err select 'division', count(*) from dw.s;
    end;
    update dw.s set q = q + 1;
end $$;
