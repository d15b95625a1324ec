create procedure etl.track() language plpgsql as $$
begin
  create temp table chg as
  select 'U' as kind, s.id from (select id, name, dept, salary from src.emp except select id, name, dept, salary from dw.emp where valid) s
   where exists (select 1 from dw.emp e where e.id = s.id and e.valid)
  union all
  select 'I', s.id from src.emp s where not exists (select 1 from dw.emp e where e.id = s.id and e.valid)
  union all
  select 'D', e.id from dw.emp e left join src.emp s using (id) where e.valid and s.id is null;

  insert into dw.change (id, col, old_val, new_val, kind)
  select c.id, v.col, v.o, v.n, c.kind
  from chg c
  left join src.emp s on s.id = c.id
  left join dw.emp e on e.id = c.id and e.valid
  cross join lateral (values ('name', e.name::text, s.name::text), ('dept', e.dept, s.dept), ('salary', e.salary::text, s.salary::text)) as v(col, o, n)
  where v.o is distinct from v.n
  order by c.id, v.col;

  update dw.emp e set valid = false from chg c where c.id = e.id and c.kind = 'D';
  update dw.emp e set name = s.name, dept = s.dept, salary = s.salary from chg c join src.emp s on s.id = c.id where e.id = c.id and c.kind = 'U';
  insert into dw.emp (id, name, dept, salary)
  select s.id, s.name, s.dept, s.salary from chg c join src.emp s on s.id = c.id where c.kind = 'I'
  on conflict (id) do update set name = excluded.name, dept = excluded.dept, salary = excluded.salary, valid = true;
  update dw.emp set cs = md5(concat_ws('|', id, name, coalesce(dept, '~'), salary::text)) where cs is distinct from md5(concat_ws('|', id, name, coalesce(dept, '~'), salary::text));
  drop table chg;
end $$;
