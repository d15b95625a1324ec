create procedure etl.p_while(p_from date, p_n int) language plpgsql as $$
declare
    i int := 0;
    d date := p_from;
begin
    delete from dw.cal;
    while i < p_n loop
        insert into dw.cal values (i, d, to_char(d, 'YYYY-MM') || '/' || i % 3);
        i := i + 1;
        d := d + 7;
    end loop;
    insert into dw.cal values (-1, d, i::text);
end $$;
