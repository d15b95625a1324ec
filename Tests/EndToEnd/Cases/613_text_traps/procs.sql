create procedure x.p_text(p_like text default 'a%', p_sep text default ', ') language plpgsql as $body$
declare q text := 'it''s {{ not jinja }} {% raw %}'; e text := E'tab\t\\ back\u00e9'; u text := U&'d\0061t\+000061'; dd text := $q$dollar 'q' $$ no$q$; l int; acc text := ''; r record; k text; arr text[]; jj jsonb := '{}';
begin
  delete from x.o;
  insert into x.o (id, what, t) values (0, 'q', q), (0, 'e', e), (0, 'u', u), (0, 'd', dd), (0, 'c', q || /* ' a comment " */ e -- and -- more
    );
  insert into x.o (id, what, t, n) select id, 'char', '[' || c || ']' || coalesce(v, '-'), length(c) + octet_length(coalesce(c, '')) from x.s;
  insert into x.o (id, what, b, v) select id, 'cmp', c = 'ab' or c = 'ab    ', case when v > 'ab' then 'gt' when v like p_like then 'like' else left(t, 3) end from x.s;
  insert into x.o (id, what, t) select id, 'fmt', format('%s|%L|%I|%%|%1$s|%-8s|%8s', t, v, coalesce(c, 'n'), id, v) from x.s;
  insert into x.o (id, what, t, n) select id, 'reg', regexp_replace(coalesce(t, ''), '(\w)\s*(\W)', '\2\1', 'g'), (select count(*) from regexp_matches(coalesce(t, ''), '[aeiou]', 'g')) from x.s;
  insert into x.o (id, what, t) select id, 'split', split_part(t, ',', 2) || substring(t from 2 for 3) || overlay(coalesce(t, '12345') placing '##' from 2 for 1) || initcap(t) || reverse(t) from x.s;
  insert into x.o (id, what, b) select id, 'sim', t similar to '%(off|Jo)%' or t ilike any (array['%LINE%', '%q"']) or t ~* '^\{\{' or v is not distinct from 'x' from x.s;
  insert into x.o (id, what, j, t) select id, 'json', j -> 'a' -> 'b', coalesce(j #>> '{a,b,1}', j ->> 'k', j ->> 0, 'none') from x.s where j is not null and jsonb_typeof(j) in ('object', 'array');
  insert into x.o (id, what, b, j) select id, 'jop', j ? 'k' and j @> '{"k":true}', case jsonb_typeof(j) when 'object' then jsonb_set(j, '{new,0}', '1', true) || jsonb_build_object('id', id, 't', v) else jsonb_build_array(j, null, id) end from x.s where j is not null;
  insert into x.o (id, what, t, n) select id, 'keys', (select string_agg(key || '=' || coalesce(value, '?'), p_sep order by key desc) from jsonb_each_text(j)), null from x.s where jsonb_typeof(j) = 'object';
  insert into x.o (id, what, a, n, t) select id, 'arr', array_append(array_remove(a, 'a'), v), cardinality(a), array_to_string(a, p_sep, '*') || coalesce(a[1], '') || coalesce((a[2:3])::text, '') from x.s;
  insert into x.o (id, what, t) select 100 + row_number() over (order by e.v, s.id), 'unnest', s.id || ':' || e.v || '@' || e.n from x.s s cross join lateral unnest(s.a) with ordinality as e(v, n) where e.v = any (array['a', 'z', 'q,r']) or e.v is null;
  for r in select t, v from x.s where t is not null order by id loop
    acc := acc || coalesce(left(btrim(r.t), 2), '') || p_sep;
    if r.v <> '' then arr := arr || r.v::text; end if;
    jj := jj || jsonb_build_object(coalesce(nullif(r.v, ''), 'none'), length(r.t));
  end loop;
  foreach k in array string_to_array('x;y;;z', ';') loop
    l := coalesce(l, 0) + length(k); acc := concat(acc, k, null, '.');
  end loop;
  insert into x.o (id, what, t, n, a, j) values (-1, 'acc', rtrim(acc, p_sep), l, arr, jj);
  insert into x.o (id, what, t) select -2, 'agg', string_agg(distinct v, '|' order by v) || '/' || coalesce(min(c), '') || '/' || max(t) from x.s;
  insert into x.o (id, what, t) values (-3, 'misc', lpad('7', 3, '0') || rpad('ab', 4, 'xy') || chr(65) || ascii('a') || md5('') || translate('abc', 'ab', 'x') || to_hex(255) || quote_literal('o''c') || quote_nullable(null) || strpos('abc', 'c') || repeat('-', 2) || ('a' || null || 'b' is null)::text);
end $body$;
