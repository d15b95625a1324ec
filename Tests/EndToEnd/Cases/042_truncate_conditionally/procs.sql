create procedure etl.p_cond(p_mode char default 'I') language plpgsql as $$
begin
    if p_mode = 'F' then truncate table dw.a, dw.b; end if;
    if (select count(*) from dw.a) > 5 then
        truncate only dw.a;
        insert into dw.b values (-1);
    end if;
    insert into dw.a select v from src.n;
    if (select max(v) from dw.a) > 4 then delete from dw.b; end if;
    insert into dw.b select distinct v from dw.a;
end $$;
