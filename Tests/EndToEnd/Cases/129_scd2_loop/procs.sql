create procedure etl.p_scd2_loop() language plpgsql as $$
declare
    r     src.prod%rowtype;
    v_cur dw.prod%rowtype;
begin
    for r in select * from src.prod order by code loop
        select * into v_cur from dw.prod where code = r.code and current = 'Y';
        if not found then
            insert into dw.prod (code, price, from_day) values (r.code, r.price, r.seen);
        elsif v_cur.price is distinct from round(r.price, 2) then
            update dw.prod set to_day = r.seen - 1, current = 'N' where sk = v_cur.sk;
            insert into dw.prod (code, price, from_day) values (r.code, r.price, r.seen);
        end if;
    end loop;
end $$;
