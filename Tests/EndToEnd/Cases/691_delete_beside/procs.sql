create procedure etl.replace_rows() language plpgsql as $$
declare r record;
begin
  for r in select * from src.r order by n loop
    if r.drop_first then delete from dw.t where k = r.k; end if;
    begin
      insert into dw.t values (r.k, r.v);
    exception when others then
      insert into dw.log values (r.n, sqlerrm);
    end;
  end loop;
end $$;
