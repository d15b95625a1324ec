create procedure etl.purge(p_batch int default 4) language plpgsql as $$
declare n int;
begin
  loop
    delete from dw.t where id in (select id from dw.t where old order by id limit p_batch);
    get diagnostics n = row_count;
    exit when n = 0;
  end loop;
end $$;
