create procedure etl.p_any_table(p_table text) language plpgsql as $$
begin
    execute format('insert into dw.%I select id from src.s', p_table);
end $$;
