create procedure etl.p_format() language plpgsql as $$
declare
    v_table text;
    c_schema constant text := 'src';
begin
    delete from dw.all_sales;
    foreach v_table in array array['Sales 2024', 'sales_2023'] loop
        execute format('insert into dw.all_sales (src, id, amount) select %L, id, amount from %I.%I where %s', v_table, c_schema, v_table, 'amount > 5');
    end loop;
end $$;
