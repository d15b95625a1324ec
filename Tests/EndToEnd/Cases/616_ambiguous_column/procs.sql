create procedure x.p_broken(v int default 7) language plpgsql as $$
declare id int := 3;
begin
  delete from x.o where x.o.id is null;
  insert into x.o (id, v) select s.id, 1 from x.s where id = 3;
end $$;
