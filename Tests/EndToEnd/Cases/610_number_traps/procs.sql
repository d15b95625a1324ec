create procedure s.p_numbers(p_k int default 2, p_rate numeric default 0.075) language plpgsql as $$
declare
  v_i int; v_n numeric(6,1); v_sum numeric := 0; v_big bigint := 0; v_avg numeric; v_txt text; c constant int := 100; v_f float8 := 0; x record;
begin
  delete from s.o;
  insert into s.o (id, what, i, b, n, n2, f) select id, 'div', a / p_k, big / 2, n / 3, p / 3, f / 3 from s.m;
  insert into s.o (id, what, i, n) select id, 'mod', a % nullif(b, 0), mod(n, 2) from s.m where b is null or b <> 0;
  insert into s.o (id, what, i, b, n) select id, 'round', n::int, f::bigint, round(n, 1) from s.m;
  insert into s.o (id, what, i, n2, t) select id, 'half', round(f)::int, p * p_rate, (p * p_rate)::numeric(10,2)::text from s.m;
  insert into s.o (id, what, n, t) select id, 'scale', n * 1.10, (n * 1.10)::text || '/' || trunc(n, 1) || '/' || f || '/' || coalesce(r::text, 'none') from s.m;
  insert into s.o (id, what, i, b) select id, 'sum', sum(a) over (order by id), sum(big) over (order by id rows between 1 preceding and current row) from s.m;
  insert into s.o (id, what, n, f) select id, 'avg', avg(a) over (order by id), avg(f) over (partition by sign(coalesce(f, 0)) order by id) from s.m;
  insert into s.o (id, what, i, t) select id, 'case', case when a > 5 then 1 when a > 0 then 2.6 else -1 end, case when a > 5 then sm else big end from s.m;
  insert into s.o (id, what, n, f) select id, 'pow', power(coalesce(a, 0), 2), power(2::float8, coalesce(b, 0)) from s.m where coalesce(a, 0) >= 0;
  insert into s.o (id, what, n) select id, 'greatest', greatest(a, n, p) from s.m;
  insert into s.o (id, what, i) select id, 'width', width_bucket(coalesce(n, 0), -5, 5, 4) from s.m;
  -- a variable with a scale rounds each time it is given a value
  for x in select * from s.m order by id loop
    v_n := coalesce(x.n, 0) / 3;
    v_sum := v_sum + v_n;
    v_i := coalesce(x.n, 0) / 2;
    v_big := v_big + v_i * c;
    v_f := v_f + coalesce(x.f, 0);
  end loop;
  insert into s.o values (0, 'loop', v_i, v_big, v_sum, v_sum / 7, v_f, v_n);
  select sum(n), avg(a) into v_sum, v_avg from s.m where id > p_k;
  v_txt := v_avg;
  insert into s.tot values ('x', v_sum, v_avg, v_avg, v_avg) on conflict (k) do update set n = s.tot.n + excluded.n, c = (s.tot.c + excluded.c) / 2, avg_n = excluded.avg_n, avg_i = round(excluded.avg_i, 2);
  insert into s.o (id, what, t, i, n) values (-1, 'text', v_txt, length(v_txt), '1e2'::numeric + 1.50);
  v_i := 7 / 2 * 2.0;
  insert into s.o (id, what, i, f, t) values (-2, 'const', v_i, 7 / 2 + 0.5, (7 / 2.0)::text || ' ' || 10 / 4 || ' ' || 1e3 || ' ' || (-7) / 2 || ' ' || -7 % 4);
end $$;
