create procedure x.p_order(p_limit int default 1) language plpgsql as $$
declare id int := 2;
begin
  insert into x.o (v) select s.v from x.s where s.v is not null order by id desc limit p_limit;
end $$;
