create or replace function z.scale(p_v numeric, p_f numeric default 10, variadic p_more int[] default '{}') returns numeric language plpgsql immutable as $$
declare m int; r numeric := p_v * p_f;
begin
  foreach m in array p_more loop r := r + m; end loop;
  return r;
end $$;
create or replace function z.name_of(p_id int, out o_c text, out o_found boolean) language plpgsql stable as $$
begin
  select c into o_c from z.t where id = p_id;
  o_found := found;
end $$;
create or replace procedure z.note(p_what text, p_val anyelement) language plpgsql as $$
begin
  insert into z.log (what, val) values (p_what, p_val::text);
end $$;
create or replace procedure z.run(p_k int, p_txt varchar(6) default 'abc') language plpgsql as $$
<<outer_block>>
declare
  n int := p_k; x smallint; y char(4); p z.pct; t text := 'outer'; i int := 99; total numeric(6,2) not null default 0;
  arr int[][] := array[[1, 2], [3, 4]]; row_v int[]; rec record; ok boolean; kk constant int := p_k * 2; q z.t%rowtype; d date := date '2024-02-28';
begin
  truncate z.log restart identity; delete from z.r;
  y := left(coalesce(p_txt, 'nul'), 4); x := 10.5; p := 33.335; total := 2.345;
  insert into z.r values (1, x, y, p, y = 'abc', make_interval(days => n) + '25 hours', d + time '10:00:00.6');
  <<inner_block>>
  declare t text := 'inner'; n int := outer_block.n + 1;
  begin
    call z.note('shadow', t || '/' || outer_block.t || '/' || n || '/' || outer_block.n);
    outer_block.n := n * 2;
  end inner_block;
  for i in reverse 5..1 by 2 loop
    total := total + i; exit when i <= 1 or total > 10;
  end loop;
  call z.note('loop var', i); call z.note('total', total);
  foreach row_v slice 1 in array arr loop
    call z.note('slice', row_v[1] + row_v[2]);
  end loop;
  <<lines>>
  for rec in select t2.*, row_number() over (order by id desc) as rn from z.t as t2 order by id loop
    for i in 1..rec.rn loop
      continue lines when rec.v is null;
      exit lines when i > 3;
      total := total + rec.v;
    end loop;
    call z.note(format('%s-%2$s-%1$s%%', rec.c, rec.rn), total);
  end loop lines;
  select * into q from z.t where id >= kk order by id desc;
  if not found then q.c := 'none'; end if;
  call z.note('q', q.c); call z.note('q.v', coalesce(q.v, -1));
  select o_c, o_found into t, ok from z.name_of(2) limit 1;
  call z.note('out', t);
  call z.note('fn', z.scale(1.5) + z.scale(1, 1, 2, 3));
  case when p_k > 10 then call z.note('case', 'big'::text); when p_k = 0 then null; else call z.note('case', 'mid'::text); end case;
  case p_k when 3, 4 then call z.note('simple', true); else begin end; end case;
  while n > 0 loop
    n := n / 3; if n = 1 then exit; end if;
    call z.note('n', n);
  end loop;
  d := d + 1; call z.note('day', to_char(d, 'YYYY-MM-DD Day') || extract(doy from d + interval '1 month')::text);
  perform 1 from z.t where v > 100; call z.note('found', found);
  if p_txt is null then return; end if;
  t := (select string_agg(c, ',' order by id) from z.t where v is not null);
  call z.note('agg', upper(t) || length(p_txt) || '|' || p_txt || '|');
  assert total is not null, 'never';
end outer_block $$;
