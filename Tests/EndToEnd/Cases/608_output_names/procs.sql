-- ORDER BY looks at the names of output columns first, also at those that nobody wrote: id::text is called id.
create procedure dw.p_names(p_limit int default 2) language plpgsql as $$
declare
  r record; v text; n int := 0; id constant int := 5;
begin
  delete from dw.cast_text; delete from dw.top_text; delete from dw.swapped; delete from dw.looped;
  delete from dw.distinct_on; delete from dw.by_alias; delete from dw.one; delete from dw.grouped;
  insert into dw.top_text select t.id::text, code from raw.t as t order by id limit p_limit;
  insert into dw.top_text (code, key) select t.code, cast(t.id as text) from raw.t as t order by id desc limit p_limit;
  -- the target's names are not the query's
  insert into dw.swapped (id, key) select t.code, t.id from raw.t as t order by code nulls first, t.id limit p_limit;
  insert into dw.swapped (id, key) select t.code, t.id from raw.t t order by t.id limit p_limit;
  insert into dw.by_alias (amount, id) select -t.amount, t.id from raw.t t order by t.amount limit p_limit;
  insert into dw.by_alias (amount, id) select round(amount / 7), t.id from raw.t t order by round(amount / 7), t.id limit p_limit;
  for r in select upper(t.id::text) as id, t.code from raw.t as t order by id loop
    n := n + 1;
    insert into dw.looped (key, seen) values (r.id, n);
  end loop;
  for r in select t.id::text, t.code from raw.t as t order by id loop
    n := n + 1;
    insert into dw.looped (key, seen) values (r.id, n);
  end loop;
  insert into dw.distinct_on select distinct on (code) code, t.id::text from raw.t as t order by code, id;
  select t.id::text into v from raw.t as t order by id limit 1;
  insert into dw.one values ('into', v);
  v := (select t.id::text from raw.t as t order by id desc limit 1);
  insert into dw.one values ('value', v);
  insert into dw.one select 'agg', string_agg(q.id, ',') from (select t.id::text from raw.t as t order by id limit 3) as q;
  -- GROUP BY looks at the table's column first
  insert into dw.grouped select date_trunc('month', day)::date::text as day, count(*) from raw.t group by day order by day limit 3;
end $$;
