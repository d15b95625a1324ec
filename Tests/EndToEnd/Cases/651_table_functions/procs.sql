create or replace function etl.due_dates(p_start date, p_amt numeric, p_freq text, p_until date) returns setof etl.due_row language plpgsql immutable as $$
declare r etl.due_row; v_step int;
begin
  v_step := case p_freq when 'M' then 1 when 'Q' then 3 end;
  if v_step is null or p_start is null then return; end if;
  r.no := 0; r.due := p_start;
  while r.due <= p_until loop
    r.no := r.no + 1;
    r.amt := round(p_amt / v_step, 2);
    return next r;
    r.due := (p_start + make_interval(months => r.no * v_step))::date;
  end loop;
end $$;
create or replace function etl.split_tags(p text) returns table (pos bigint, tag text) language sql immutable as $$
  select ord, t from unnest(string_to_array(p, ';')) with ordinality as u(t, ord) where t <> ''
$$;
create or replace procedure etl.load_schedules(p_until date default '2024-06-30') language plpgsql as $$
begin
  delete from dw.due;
  insert into dw.due (plan_id, no, due, amt)
  select p.id, d.no, d.due, d.amt from src.plan p cross join lateral etl.due_dates(p.start_d, p.amt, p.freq, p_until) d;
  delete from dw.tag;
  insert into dw.tag select t.id, s.pos, s.tag from src.tags t, etl.split_tags(t.tags) s;
end $$;
