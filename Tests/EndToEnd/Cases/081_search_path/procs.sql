create procedure etl.add_total(p_n bigint) language plpgsql set search_path = dw as $$
begin
    insert into totals select p_n, sum(v) from items;
end $$;

create procedure etl.p_path() language plpgsql set search_path = src, dw, etl, pg_temp as $$
declare
    n bigint;
begin
    insert into totals select count(*), sum(v) from items;
    insert into dw.items select id + 10, v from items;
    select count(*) into n from dw.items;
    call add_total(n);
end $$;
