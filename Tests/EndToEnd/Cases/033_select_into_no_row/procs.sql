create procedure etl.p_into(p_day date) language plpgsql as $$
declare
    v_n     int := 42;
    v_who   text := 'unset';
    v_day   date;
    v_total int := 1;
begin
    select n, who, day into v_n, v_who, v_day from src.run where day <= p_day order by day desc, id desc limit 1;
    select into v_total sum(n) from src.run where day = v_day;
    insert into dw.out values (v_day, v_n, v_who, v_total, coalesce(v_who, 'none') || '/' || coalesce(v_n::text, '-'));
    if v_n > 5 then
        insert into dw.out (note) values ('more than five');
    else
        insert into dw.out (note) values ('not more');
    end if;
    v_n := (select n from src.run where id = v_total);
    v_who := v_who || ' again';
    insert into dw.out (n, who) values (v_n, v_who);
end $$;
