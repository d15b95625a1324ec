create procedure etl.p_cascade() language plpgsql as $$
declare
    v_n bigint;
begin
    delete from dw.head where id in (select id from src.gone) or name is null;
    get diagnostics v_n = row_count;
    insert into dw.log select v_n, (select count(*) from dw.line), (select count(*) from dw.sub);
    insert into dw.head select id, 'again' from src.gone where id = 1 on conflict do nothing;
    insert into dw.line (id, head_id) values (20, 1) on conflict do nothing;
    update dw.note set head_id = 1 where head_id is null and id > 2;
end $$;
