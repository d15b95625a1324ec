create procedure f.p_flow(p_min int, inout p_n int, out p_last text) language plpgsql as $$
<<outer_block>>
declare
  i int := 99; r f.t%rowtype; rr record; vv int; w text default 'w'; total int; cnt int := 0; ok boolean;
begin
  perform 1 from f.t where id > 100;
  insert into f.log (w, b) values ('perform none', found);
  perform count(*) from f.t where id > 100;
  insert into f.log (w, b) values ('perform count', found);
  select q.v into vv from (select 1 as v) q where false;
  insert into f.log (w, x, b) values ('into none', vv, found);
  for rr in select * from f.t where false loop null; end loop;
  insert into f.log (w, b) values ('loop none', found);
  for i in 1..3 loop
    declare w text := 'inner' || i; total int;
    begin
      total := coalesce(total, 0) + i;
      outer_block.cnt := cnt + total;
      continue when i = 2;
      insert into f.log (w, x) values (w || '/' || outer_block.w, total);
    end;
  end loop;
  insert into f.log (w, x, b) values ('i stays', i, found);
  for i in reverse 10..p_min by 4 loop cnt := cnt + i; end loop;
  insert into f.log (w, x) values ('reverse', cnt);
  <<rows>>
  for r in select * from f.t order by id loop
    <<tries>>
    for k in 1..3 loop
      continue rows when r.v is null;
      exit tries when r.v < 10;
      exit rows when r.grp = 'c' and k = 2;
      update f.dst set v = v + k where id = r.id;
      if not found then
        insert into f.dst values (r.id, k, r.grp);
      end if;
    end loop tries;
    cnt := cnt + 1;
    p_last := r.grp;
  end loop rows;
  insert into f.log (w, x, b) values ('after rows', r.id, found);
  update f.dst set v = -v where id > 1000;
  if found then w := 'updated'; elsif not found and p_min > 1 then w := 'min'; else w := 'nothing'; end if;
  get diagnostics total = row_count;
  insert into f.log (w, x) values (w, total);
  case
    when p_min = 1 then select max(id) into p_n from f.dst;
    when p_min between 2 and 5 then p_n := (select min(v) from f.dst) + coalesce(p_n, 0);
    else p_n := -1;
  end case;
  case p_min when 1, 2 then w := 'low'; when 3 then w := 'three'; else w := 'high'; end case;
  begin
    select * into strict rr from f.t where grp = 'a' and v is not null;
    ok := rr.v = 10;
    select id into strict vv from f.t where grp = 'b';
    w := 'not here';
  exception when too_many_rows then
    w := w || ' many';
    vv := -1;
  when no_data_found then
    w := w || ' none';
  end;
  insert into f.log (w, x, b) values (w, vv, ok);
  while true loop
    cnt := cnt - 7;
    exit when cnt < 0;
    if cnt % 2 = 0 then continue; end if;
    insert into f.log (w, x) values ('odd', cnt);
  end loop;
  if p_min > 5 then
    insert into f.log (w) values ('returns');
    return;
  end if;
  delete from f.dst d using f.t where t.id = d.id and t.v is null or d.grp = 'z' and d.id = 9;
  p_last := coalesce(trim(p_last), '') || '!' || cnt;
end $$;
