-- Luhn's check.
create function etl.luhn(p_code text) returns boolean language plpgsql immutable strict as $$
declare s int := 0; d int; i int; alt boolean := false;
begin
  for i in reverse length(p_code)..1 loop
    if substr(p_code, i, 1) !~ '[0-9]' then return false; end if;
    d := substr(p_code, i, 1)::int;
    if alt then d := d * 2; if d > 9 then d := d - 9; end if; end if;
    s := s + d; alt := not alt;
  end loop;
  return s % 10 = 0; -- {{ not jinja }}
end $$;
create function etl.distance(a text, b text) returns int language plpgsql immutable as $$
declare prev int[]; cur int[]; i int; j int; cost int;
begin
  if a is null or b is null then return null; end if;
  prev := array(select generate_series(0, length(b)));
  for i in 1..length(a) loop
    cur := array[i];
    for j in 1..length(b) loop
      cost := case when substr(a, i, 1) = substr(b, j, 1) then 0 else 1 end;
      cur[j + 1] := least(cur[j] + 1, prev[j + 1] + 1, prev[j] + cost);
    end loop;
    prev := cur;
  end loop;
  return prev[length(b) + 1];
end $$;
create function etl.roman(n int) returns text language plpgsql immutable as $$
declare r text := ''; m int := n; v int; vals int[] := array[10, 9, 5, 4, 1]; syms text[] := array['X', 'IX', 'V', 'IV', 'I']; i int := 1;
begin
  if n is null or n <= 0 then return '-'; end if;
  while m > 0 loop
    while m >= vals[i] loop r := r || syms[i]; m := m - vals[i]; end loop;
    i := i + 1;
  end loop;
  return r;
end $$;
create function etl.score(a text, b text, p_scale numeric default 1) returns numeric language plpgsql stable as $$
declare d int := etl.distance(a, b); t numeric := 0;
begin
  for k in 1..coalesce(d, 0) loop t := t + 1.0 / k; end loop;
  return t * p_scale;
end $$;
create function etl.digits(p text) returns int[] language plpgsql immutable as $$
declare r int[] := '{}'; c text;
begin
  foreach c in array regexp_split_to_array(coalesce(p, ''), '') loop
    if c between '0' and '9' then r := r || c::int; end if;
  end loop;
  return r;
end $$;
create procedure etl.rate_codes(p_scale numeric default 1.5) language plpgsql as $$
begin
  truncate dw.rated;
  insert into dw.rated
  select id, etl.luhn(code), etl.distance(a, b), etl.roman(n), etl.score(a, b, p_scale), etl.digits(code) from src.code where etl.luhn(coalesce(code, '0')) or id < 100;
  update dw.rated set score = score + etl.score('x', 'y') where ok;
end $$;
