-- Variables that are called like columns, in all places where only one of the two can be meant.
create procedure x.p_names(v int default 7) language plpgsql as $$
declare id int := 3; s text := 'x'; note text := 'variable'; n int;
begin
  delete from x.o;
  insert into x.o (id, v) select a.id, b.v from x.s a join x.s b using (id) where a.id < 3 order by id;
  insert into x.o (id, v) values (id, v);
  insert into x.o (id, v) select g.g, 2 from generate_series(1, id) as g(g), x.s as tt where tt.id = 1;
  insert into x.o (id, v) values (id, (select max(q.v) from x.s q));
  insert into x.o (id, v) select q.i, v from (select 1 as i) q;
  insert into x.o (id, v) select t.id, length(s) from x.s as t where t.note <> coalesce(s, '') and t.id <> 2;
  update x.o o set v = q.w from (select 4 as w) q where o.id = p_names.v - 4;
  delete from x.o using x.s as t join x.s as u on u.id = t.id where t.id = o.id and t.note = 'b';
  select count(*) into n from x.o;
  insert into x.o (id, v) values (n, id + v);
end $$;
