create function etl.label(p bigint) returns text language sql stable as $$ select name from ref.label where no = p $$;
create function etl.next_label(p int) returns text language plpgsql as $$
declare r text;
begin
  for i in p .. p + 3 loop
    select name into r from ref.label l where l.no = i;
    exit when r is not null;
  end loop;
  return coalesce(r, '-');
end $$;
create procedure etl.label_rows() language plpgsql as $$
begin
  insert into dw.labelled (id, label)
  select id, etl.label(row_number() over (partition by grp order by id)) from src.item where etl.next_label(id) <> 'x'
  on conflict (id) do update set label = excluded.label;
  update dw.labelled set rest = etl.next_label(id) where id < 9;
end $$;
