create or replace function cal.easter(y int) returns date language plpgsql immutable strict as $$
declare g int := y % 19; c int := y / 100; h int; i int; j int; l int; m int; d int;
begin
  h := (c - c/4 - (8*c+13)/25 + 19*g + 15) % 30;
  i := h - (h/28)*(1 - (h/28)*(29/(h+1))*((21-g)/11));
  j := (y + y/4 + i + 2 - c + c/4) % 7;
  l := i - j;
  m := 3 + (l+40)/44;
  d := l + 28 - 31*(m/4);
  return make_date(y, m, d);
end $$;

create or replace procedure cal.build(p_from date, p_to date) language plpgsql as $$
declare d date := p_from; v_no int; v_name text; e date; v_we boolean;
begin
  select coalesce(max(biz_no), 0) into v_no from cal.dim_date where day < p_from and date_trunc('month', day) = date_trunc('month', p_from);
  while d <= p_to loop
    e := cal.easter(extract(year from d)::int);
    v_we := extract(isodow from d) in (6, 7);
    v_name := null;
    if d = e - 2 then v_name := 'Good Friday';
    elsif d = e + 1 then v_name := 'Easter Monday';
    else select name into v_name from cal.holiday h where h.day = d;
    end if;
    if extract(day from d) = 1 then v_no := 0; end if;
    if not v_we and v_name is null then v_no := v_no + 1; end if;
    insert into cal.dim_date as t
    values (to_char(d,'YYYYMMDD')::int, d, extract(dow from d), extract(week from d), v_we, v_name is not null, v_name, v_no,
            case when extract(month from d) >= 4 then to_char(d,'YYYY') else (extract(year from d) - 1)::text end || lpad(((extract(month from d)::int + 8) % 12 + 1)::text, 2, '0'),
            trim(to_char(d, 'Day')) || ' ' || to_char(d, 'DD.MM.'))
    on conflict (date_key) do update
      set is_holiday = excluded.is_holiday, holiday_name = excluded.holiday_name, biz_no = excluded.biz_no
      where (t.is_holiday, t.holiday_name, t.biz_no) is distinct from (excluded.is_holiday, excluded.holiday_name, excluded.biz_no);
    d := d + 1;
  end loop;
end $$;
