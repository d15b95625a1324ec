create function etl.key_of(p text) returns int language sql stable as $$ select k from dw.dim where no = p $$;
create function etl.key_or(p text, p_else int) returns int language plpgsql stable as $$
declare r int;
begin
  select k into r from dw.dim where no = p;
  if not found then return p_else; end if;
  return r;
end $$;
create procedure etl.load() language plpgsql as $$
declare v int;
begin
  insert into dw.dim (no, n) select no, n from raw.c c where not exists (select 1 from dw.dim d where d.no = c.no) order by no;
  delete from dw.f1;
  insert into dw.f1 select c.no, (select d.k from dw.dim d where d.no = c.no) from raw.c c;
  update dw.f2 set k = (select d.k from dw.dim d where d.no = f2.no), hits = hits + 1 where no <> 'z';
  delete from dw.f3;
  insert into dw.f3 select no, coalesce((select max(d.k) from dw.dim d where d.no = c.no), (select k from dw.dim where no = 'z')) from raw.c c;
  select max(k) into v from dw.dim;
  delete from dw.f7;
  insert into dw.f7 select no, etl.key_of(no), etl.key_or(no || '', 0) from raw.c;
  delete from dw.f4;
  insert into dw.f4 values ('last', v);
  insert into dw.f5 select c.no, max(d.k) from raw.c c join dw.dim d using (no) group by 1
  on conflict (no) do update set k = (select d.k from dw.dim d where d.no = excluded.no);
  merge into dw.f6 t using (select c.no, d.k, c.n from raw.c c join dw.dim d on d.no = c.no) s on (t.no = s.no)
  when matched then update set k = s.k, n = s.n
  when not matched then insert values (s.no, s.k, s.n);
end $$;
