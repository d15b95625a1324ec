create procedure etl.p_empty() language plpgsql as $$
declare
    v_last date;
    v_n    int;
begin
    select max(day) into v_last from dw.e;
    insert into dw.e select id, v, day from src.e where day > coalesce(v_last, '-infinity');
    get diagnostics v_n = row_count;
    insert into dw.stat select count(*), sum(v), max(day), 'one row always' from dw.e;
    insert into dw.stat select count(*), sum(v), max(day), 'by day' from dw.e group by day;
    insert into dw.stat select v_n, avg(v), v_last, 'having' from dw.e having v_n > 0;
    insert into dw.stat (note) select note from (values ('scalar')) x (note) where (select v from dw.e where id = 1) is null;
    if v_last is null then
        update dw.stat set note = note || '*';
    end if;
end $$;
